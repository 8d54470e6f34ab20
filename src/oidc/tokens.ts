import { textIn } from '../answer/metadata.ts'
import { parseGoTime } from '../common/go-time.ts'
import { isRecord } from '../common/is-record.ts'
import { textOf } from '../common/text-of.ts'
import { malformed } from '../errors/malformed-answer.ts'
import type { APIAnswer } from '../request/transaction.ts'

/** The tokens of a log-in. They are secret, and not masked: a store has to keep them. `JSON.stringify()` keeps all. */
export interface OidcTokens {
  /** The text that is sent to the server with each request. */
  readonly accessToken: string
  /** When the access token expires, RFC 3339; `undefined` if the issuer did not say. */
  readonly expiresAt?: string
  /** What the issuer gives the next access token for; without one, the user has to log in again. */
  readonly refreshToken?: string
  /** The issuer that they are from. The refresh token is sent to no other. */
  readonly issuer?: string
  /** Who has logged in, signed by the issuer; only kept for `lxc` and `incus`. */
  readonly idToken?: string
}

// For the time that a request takes, and for clocks that differ.
const MARGIN_MS = 10_000

/** Whether an access token has expired, or is about to. */
export function isExpiring({ expiresAt }: OidcTokens): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) - Date.now() < MARGIN_MS
}

/**
 * Reads the answer of an issuer's token endpoint; what it omits stays as it was.
 *
 * @throws {MalformedAnswer} it has no bearer token
 */
export function tokensIn(answer: APIAnswer, issuer: string, previous?: OidcTokens): OidcTokens {
  const accessToken = textIn(answer, 'access_token')
  // Safe cast: textIn() has found it in an object.
  const fields = answer.metadata as Readonly<Record<string, unknown>>
  if (!/^bearer$/i.test(String(fields.token_type)) || !/^[\w.~+/=-]+$/.test(accessToken))
    throw malformed(answer, 'The answer has no bearer token')
  // Some issuers send it as text.
  const lifetimeMs = Number(fields.expires_in) * 1000
  return {
    accessToken,
    expiresAt: timeOf(Date.now() + lifetimeMs) ?? expiryOf(accessToken),
    refreshToken: textOf(fields.refresh_token) ?? previous?.refreshToken,
    issuer,
    idToken: textOf(fields.id_token) ?? previous?.idToken,
  }
}

/** The claims in a token, unverified; empty if it is no JWT. */
export function claimsOf(token: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString())
    return isRecord(claims) ? claims : {}
  } catch {
    return {}
  }
}

/** When an access token expires, by its own claims. */
export function expiryOf(accessToken: string): string | undefined {
  const { exp } = claimsOf(accessToken)
  return typeof exp === 'number' ? timeOf(exp * 1000) : undefined
}

/** A time in RFC 3339; `undefined` for what is none, and for one that is not set, as Go writes it. */
export function timeOf(value: string | number): string | undefined {
  return parseGoTime(value)?.toISOString()
}
