import { AssignmentRedactor } from './assignment-redactor.ts'

/** What stands in the place of a secret. */
export const MASK = '***'

const PRIVATE_KEY = /PRIVATE KEY(?: BLOCK)?-----/
// What is secret whatever it is called: trust tokens and JWTs (base64 of `{"`), the tokens of well-known services, PEM in
// base64 unless it is a certificate or a public key, and what crypt() makes of a password.
const SECRET_BY_FORM =
  /(?<![\w+/])(?:eyJ[\w+/=.-]{16,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{8,}|A[KS]IA[A-Z\d]{16}|sk[-_](?:live|test|ant|proj)[\w-]{16,}|npm_\w{20,}|dckr_pat_[\w-]{16,}|hv[bsr]\.[\w-]{16,}|AIza[\w-]{30,}|AGE-SECRET-KEY-\w+|LS0tLS1CRUdJTiB(?!DRVJU|QVUJMSUM)[\w+/=\n-]*)|\$(?:1|2[abxy]?|5|6|7|g?y|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,10})\$[\w./$,=+-]{8,}/g
const BEARER = /\b(bearer[ \t]+)(?!token|auth|realm|scheme|error)[\w.~+/=-]{6,}/gi
const URL_PASSWORD = /((?:\/\/|\\\/\\\/)[^\s/:"'<>?#]*:)[^\s/"'<>?#]*(?=@)/g
const ENCODED_URL_PASSWORD = /(%2F%2F[^\s&/%]{0,100}%3A)[^\s&/]{1,200}?(?=%40)/gi
// `docker login -p …`, `mysql -p…`, and `echo root:… | chpasswd`.
const LOGIN_OPTION =
  /(\b(?:login|sshpass|mysql\w{0,10}|mariadb\w{0,10})\b[^\n|;&]{0,200}?\s-p[ \t]?)(?:"[^"\n]*"|'[^'\n]*'|[^\s|;&"'][^\s|;&]*)/g
const PASSWORD_TO_CHPASSWD = /(:)[^\n:|]+(?=["']?[ \t]{0,9}\|[ \t]{0,9}(?:sudo[ \t]{1,9})?chpasswd)/g

/**
 * A text without the secrets in it: passwords in URLs, private keys, tokens, and whatever is assigned to the name of a
 * secret, be it in a query string, a header, JSON, YAML or a shell script.
 *
 * It takes linear time whatever the text is.
 */
export function redactText(text: string): string {
  if (PRIVATE_KEY.test(text)) return MASK
  const redacted = text
    .replace(SECRET_BY_FORM, MASK)
    .replace(BEARER, `$1${MASK}`)
    .replace(URL_PASSWORD, `$1${MASK}`)
    .replace(ENCODED_URL_PASSWORD, `$1${MASK}`)
    .replace(LOGIN_OPTION, `$1${MASK}`)
    .replace(PASSWORD_TO_CHPASSWD, `$1${MASK}`)
  return new AssignmentRedactor(redacted, MASK).redact()
}

/** A URL without its secrets, also where it is none that can be parsed. */
export function redactUrl(url: string): string {
  return redactText(url).replace(/^[^/?#]*@/, `${MASK}@`)
}
