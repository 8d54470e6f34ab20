import { redactAssignments } from './assignments.ts'

/** Replaces a secret. */
export const MASK = '***'

// Matches whenever one of the patterns below may; most texts are too short to.
const MAY_HOLD_SECRET = /[:=$%+]|\S{12}|(?:^|[\s"'])-|\s(?:eq|ne)\s|bearer/i
const PRIVATE_KEY = /PRIVATE KEY(?: BLOCK)?-----/i
// Secrets that are recognized by their format: trust tokens and JWTs (base64 of `{"`), tokens of well-known services, PEM
// in base64 other than certificates and public keys, and password hashes of crypt().
const SECRET_BY_FORM =
  /(?<![\w+/])(?:eyJ[\w+/=.-]{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{8,}|A[KS]IA[A-Z\d]{16}|sk[-_](?:live|test|ant|proj)[\w-]{16,}|npm_\w{20,}|dckr_pat_[\w-]{16,}|hv[bsr]\.[\w-]{16,}|AIza[\w-]{30,}|AGE-SECRET-KEY-\w+|LS0tLS1CRUdJTiB(?!DRVJU|QVUJMSUM)[\w+/=\n-]*)|\$(?:1|2[abxy]?|5|6|7|g?y|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,10})\$[\w./$,=+-]{8,}/g
const BEARER = /\b(bearer[ \t]+)(?!token|auth|realm|scheme|error)[\w.~+/=-]{6,}/gi
const URL_PASSWORD = /((?:\/\/|\\\/\\\/)[^\s/:"'<>?#]*:)[^\s/"'<>?#]*(?=@)/g
const PARAMETER = /([?&][^=&\s?#"<>]{0,100}=)([^&\s"<>#]*)/g
// How many layers of percent-encoding are decoded.
const MAX_DECODE_DEPTH = 3
// `docker login -p …`, `mysql -p…`, `curl -u me:…`, and `echo root:… | chpasswd`.
const LOGIN_OPTION =
  /(\b(?:login|sshpass|mysql\w{0,10}|mariadb\w{0,10})\b[^\n|;&]{0,200}?\s-p[ \t]?)(?:"[^"\n]*"|'[^'\n]*'|[^\s|;&"'][^\s|;&]*)/g
const CURL_USER =
  /(\b(?:curl|wget)\b[^\n|;]{0,200}?\s(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']{1,100}:)[^\s"']+/g
const PASSWORD_TO_CHPASSWD = /(:)[^\n:|]+(?=["']?[ \t]{0,9}\|[ \t]{0,9}(?:sudo[ \t]{1,9})?chpasswd)/g

/**
 * Masks the secrets in a text: passwords in URLs, private keys, tokens, and the values of secret names in query strings,
 * headers, JSON, YAML and shell scripts. Takes linear time for any text.
 */
export function redactText(text: string): string {
  return MAY_HOLD_SECRET.test(text) ? redactEncoded(text, 0) : text
}

function redactEncoded(text: string, level: number): string {
  if (PRIVATE_KEY.test(text)) return MASK
  const redacted = text
    .replace(SECRET_BY_FORM, MASK)
    .replace(BEARER, `$1${MASK}`)
    .replace(URL_PASSWORD, `$1${MASK}`)
    .replace(LOGIN_OPTION, `$1${MASK}`)
    .replace(CURL_USER, `$1${MASK}`)
    .replace(PASSWORD_TO_CHPASSWD, `$1${MASK}`)
    .replace(PARAMETER, (whole, name: string, value: string) =>
      level < MAX_DECODE_DEPTH && value.includes('%') ? name + redactParameter(value, level) : whole,
    )
  return redactAssignments(redacted, MASK)
}

function redactParameter(value: string, level: number): string {
  const decoded = decode(value)
  const redacted = redactEncoded(decoded, level + 1)
  return redacted === decoded ? value : encodeURIComponent(redacted)
}

// decodeURIComponent() throws on text that is not UTF-8.
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%[0-7][\dA-F]/gi, decodeURIComponent)
  }
}

/** Masks the secrets in a URL, even an invalid one. */
export function redactUrl(url: string): string {
  return redactText(url).replace(/^[^/?#]*@/, `${MASK}@`)
}
