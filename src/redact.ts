/** What stands in the place of a secret. */
export const MASK = '***'

const SECRET_KEY =
  /passw|passphrase|secret|token|authorization|cookie|credential|(^|[-_.])key$|^(control|fs|criu)$/i
const SECRETS_INSIDE = /^(fds|secrets)$/
const PRIVATE_KEY = /PRIVATE KEY-----/
const SECRET_PARAMETER = /([?&](?:secret|token|password)=)[^&\s"']+/gi
const URL_PASSWORD = /(\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g
const SECRET_LINE = /((?:passw\w*|passphrase|secret|token)["']?\s*[:=][ \t]*)\S+/gi

/** Is this the name of something that must not be shown: of a header, a config key, a field? */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}

/** A deep copy of a JSON value without passwords, tokens, websocket secrets and private keys. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value === 'object' && value !== null) return redactObject(value)
  return value
}

/** A text without the secrets in its URLs, its private keys and, where it has lines, its `password: …`. */
export function redactText(text: string): string {
  if (PRIVATE_KEY.test(text)) return MASK
  const redacted = text.replace(SECRET_PARAMETER, `$1${MASK}`).replace(URL_PASSWORD, `$1${MASK}`)
  return redacted.includes('\n') ? redacted.replace(SECRET_LINE, `$1${MASK}`) : redacted
}

function redactObject(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, redactField(key, value)]))
}

function redactField(key: string, value: unknown): unknown {
  if (SECRETS_INSIDE.test(key)) return maskLeaves(value)
  return isSecretKey(key) && isSecretValue(value) ? MASK : redact(value)
}

function maskLeaves(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return isSecretValue(value) ? MASK : value
  return Object.fromEntries(Object.entries(value).map(([key, leaf]) => [key, maskLeaves(leaf)]))
}

// `core.trust_password: true` and an empty password tell whether there is one, not which.
function isSecretValue(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
