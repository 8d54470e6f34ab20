// Words that make any name secret, in names of the form `aws_secret_access_key`.
const SECRET_WORD =
  /pass_?w|passphrase|passcode|device_?code|secret|token|credential|bearer|privkey|passkey|pwd(?:_|$)|creds(?:_|$)|(?:^|_)(?:cred|jwt|psk|t?otp|hmac|dsn|connection_string)(?:_|$)|(?:api|access|private|encryption|signing|recovery|unseal|master|auth|shared|account|license)_?keys?(?:_|$)/
// Words that do so only at the end of a name: `limits.cpu.pin_strategy` and `auth_methods` are not secret.
const SECRET_SUFFIX =
  /(?:^|_)(?:key|(?:db|root|user|my|admin|ssh|pg|ftp|smtp|mysql|mail|vnc|login)?(?:pass|pw)|pin|auth|sig|signature|cookies?|authorization)$/
// Properties of a secret, such as `core.remote_token_expiry`.
const NON_SECRET_NAME =
  /_(?:expiry|expires|expiration|expires_at|name|type|path|file|filename|dir|count|policy|methods?|algorithm|size|length|bits|url|uri|endpoint|enabled|required|ttl|lifetime|version|fingerprint)$|public_?key$|^core_https_allowed_credentials$/
// Secrets of a migration's websockets.
const MIGRATION = /^(?:control|fs|criu)$/i
// Fields whose whole content is secret, since any variable or file in them may be.
const SECRET_CONTAINER =
  /^(?:acme\.provider\.|lxc\.)?environment(?:\.|$)|^cloud-init\.|(?:user|vendor|meta)[-_]data$|(?:user|vendor)data$|network[-_]config$/i
const WEBSOCKET_SECRETS = /^(?:fds|secrets|websockets)$/

/** Whether the value of this header, config key, field or query parameter is secret. */
export function isSecretKey(name: string): boolean {
  if (MIGRATION.test(name)) return true
  const words = wordsOf(name)
  return (SECRET_WORD.test(words) || SECRET_SUFFIX.test(words)) && !NON_SECRET_NAME.test(words)
}

/** Whether the name is secret even if the value is an object; a device may be called `key`. */
export function hasSecretWord(name: string): boolean {
  return SECRET_WORD.test(wordsOf(name))
}

/** Whether everything below this name is masked, whatever its name. */
export function isSecretContainer(name: string): boolean {
  return SECRET_CONTAINER.test(name) || WEBSOCKET_SECRETS.test(name)
}

// `clientKey`, `CLIENT_KEY1` and `client.key` all become `client_key`.
function wordsOf(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)
  return words === null ? '' : words.join('_').toLowerCase()
}
