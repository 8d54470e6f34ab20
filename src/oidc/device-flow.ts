import type { Answer } from '../answer/answer.ts'
import { objectIn, textIn } from '../answer/metadata.ts'
import { sleep } from '../common/sleep.ts'
import { textOf } from '../common/text-of.ts'
import { addAdvice } from '../errors/hints.ts'
import { isTemporary } from '../errors/temporary.ts'
import { type Issuer, secureUrlIn } from './issuer.ts'
import { oauthErrorOf } from './oauth-error.ts'
import type { OidcCode } from './options.ts'
import type { Provider } from './provider.ts'
import { type OidcTokens, tokensIn } from './tokens.ts'

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'
// RFC 8628, sections 3.2 and 3.5.
const DEFAULT_INTERVAL_SECONDS = 5
const SLOW_DOWN_SECONDS = 5
const DEFAULT_LIFETIME_SECONDS = 600
// A day; no timer may overflow.
const MAX_SECONDS = 86_400

const ADVICE: Readonly<Record<string, string>> = {
  access_denied: 'the log-in was refused',
  expired_token: 'nobody has logged in with the code before it expired',
}

/**
 * Has a user log in on any machine with a browser, and waits for it.
 *
 * See https://www.rfc-editor.org/rfc/rfc8628
 *
 * @throws {APIException} the user refused, or the code expired
 */
export async function logIn(
  issuer: Issuer,
  { clientId, audience, scopes }: Provider,
  onCode: (code: OidcCode) => void | Promise<void>,
  signal: AbortSignal,
): Promise<OidcTokens> {
  const form = { client_id: clientId, scope: scopes.join(' '), audience }
  const granted = readGrant(await issuer.post('device_authorization_endpoint', form, signal))
  const { url, code, expires } = granted
  await onCode({ url, code, expires })
  return tokensIn(await poll(issuer, clientId, granted, signal), issuer.url)
}

interface Grant extends OidcCode {
  readonly deviceCode: string
  /** Seconds between two polls. */
  readonly interval: number
}

function readGrant(answer: Answer): Grant {
  const { verification_uri_complete, interval, expires_in } = objectIn(answer)
  const page = textOf(verification_uri_complete) ? 'verification_uri_complete' : 'verification_uri'
  const lifetime = secondsOr(expires_in, DEFAULT_LIFETIME_SECONDS)
  return {
    url: secureUrlIn(answer, page).href,
    code: textIn(answer, 'user_code'),
    expires: new Date(Date.now() + lifetime * 1000),
    deviceCode: textIn(answer, 'device_code'),
    interval: secondsOr(interval, DEFAULT_INTERVAL_SECONDS),
  }
}

async function poll(
  issuer: Issuer,
  clientId: string,
  { deviceCode, interval, expires }: Grant,
  signal: AbortSignal,
): Promise<Answer> {
  const form = { grant_type: GRANT_TYPE, device_code: deviceCode, client_id: clientId }
  for (let seconds = interval; ; ) {
    await sleep(seconds * 1000, signal)
    try {
      return await issuer.post('token_endpoint', form, signal)
    } catch (error) {
      seconds = nextInterval(error, seconds)
      if (Date.now() + seconds * 1000 > expires.getTime()) throw addAdvice(error, ADVICE.expired_token ?? '')
    }
  }
}

/** The seconds until the next poll, by what the last one was refused with; throws that, if polling is of no use. */
export function nextInterval(error: unknown, seconds: number): number {
  const reason = oauthErrorOf(error)
  if (reason === 'authorization_pending') return seconds
  if (reason === 'slow_down') return seconds + SLOW_DOWN_SECONDS
  if (isTemporary(error)) return seconds * 2
  throw reason !== undefined && reason in ADVICE ? addAdvice(error, String(ADVICE[reason])) : error
}

function secondsOr(value: unknown, otherwise: number): number {
  const seconds = Number(value)
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : otherwise
}
