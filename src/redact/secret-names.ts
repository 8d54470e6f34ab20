// Words that make a secret of whatever they stand in, in names of the form `aws_secret_access_key`.
const STRONG =
  /pass_?w|passphrase|passcode|secret|token|credential|bearer|privkey|passkey|pwd(?:_|$)|creds(?:_|$)|(?:^|_)(?:cred|jwt|psk|t?otp|hmac|dsn|connection_string)(?:_|$)|(?:api|access|private|encryption|signing|recovery|unseal|master|auth|shared|account|license)_?keys?(?:_|$)/
// Words that do so only at the end of a name: `limits.cpu.pin_strategy` and `auth_methods` are none.
const WEAK =
  /(?:^|_)(?:key|(?:db|root|user|my|admin|ssh|pg|ftp|smtp|mysql|mail|vnc|login)?(?:pass|pw)|pin|auth|sig|signature|cookies?|authorization)$/
// What is said about a secret, such as `core.remote_token_expiry`.
const ABOUT =
  /_(?:expiry|expires|expiration|expires_at|name|type|path|file|filename|dir|count|policy|methods?|algorithm|size|length|bits|url|uri|endpoint|enabled|required|ttl|lifetime|version|fingerprint)$|public_?key$|^core_https_allowed_credentials$/
// The websockets of a migration.
const MIGRATION = /^(?:control|fs|criu)$/i
// Fields whose whole content is secret: of each variable or file in them, nobody knows what it holds.
const OPAQUE =
  /^(?:acme\.provider\.|lxc\.)?environment(?:\.|$)|^cloud-init\.|(?:user|vendor|meta)[-_]data$|(?:user|vendor)data$|network[-_]config$/i
const WEBSOCKETS = /^(?:fds|secrets|websockets)$/

/** Whether what goes by this name must not be shown: a header, a config key, a field, a query parameter. */
export function isSecretKey(name: string): boolean {
  if (MIGRATION.test(name)) return true
  const words = wordsOf(name)
  return (STRONG.test(words) || WEAK.test(words)) && !ABOUT.test(words)
}

/** Whether the name speaks of a secret also where the value is an object; a device may well be called `key`. */
export function isStrongKey(name: string): boolean {
  return STRONG.test(wordsOf(name))
}

/** Whether everything below this name is to be masked, whatever it is called. */
export function isOpaqueKey(name: string): boolean {
  return OPAQUE.test(name) || WEBSOCKETS.test(name)
}

// `clientKey`, `CLIENT_KEY1` and `client.key` are all `client_key`.
function wordsOf(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)
  return words === null ? '' : words.join('_').toLowerCase()
}
