import type { Answer } from '../answer/answer.ts'
import { textIn } from '../answer/metadata.ts'
import { Client } from '../client/client.ts'
import { Members } from '../connection/members.ts'
import { isLoopback } from '../connection/target.ts'
import { malformed } from '../errors/malformed-answer.ts'
import { redactUrl } from '../redact/redact.ts'
import { type Call, createCall } from '../request/call.ts'
import type { Trace } from '../trace/trace.ts'

/** How issuers are reached. */
export interface IssuerConnection {
  readonly trace: Trace
  /** Certificate authorities that replace the system's. */
  readonly ca: string | Uint8Array | undefined
}

/** An endpoint of an issuer, by its name in the discovery document. */
export type Endpoint = 'device_authorization_endpoint' | 'token_endpoint'

const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
// An issuer that does not answer must not keep a call for 5 minutes.
const IDLE_TIMEOUT_SECONDS = 30

/**
 * An issuer of tokens.
 *
 * See https://openid.net/specs/openid-connect-discovery-1_0.html
 */
export class Issuer {
  /** Its URL, as it names itself. */
  readonly url: string
  readonly #discovery: Answer
  readonly #connection: IssuerConnection

  private constructor(url: string, discovery: Answer, connection: IssuerConnection) {
    this.url = url
    this.#discovery = discovery
    this.#connection = connection
  }

  /**
   * Reads where an issuer's endpoints are.
   *
   * @throws {APIException} it does not answer, or is another
   */
  static async discover(url: URL, connection: IssuerConnection, signal: AbortSignal): Promise<Issuer> {
    const path = `${url.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`
    const call = createCall('GET', path, undefined, { signals: [signal], idleTimeout: IDLE_TIMEOUT_SECONDS })
    const discovery = await sendTo(url.origin, call, connection)
    const named = textIn(discovery, 'issuer')
    // By an issuer that names itself as another one, that one's tokens could be had.
    if (withoutSlash(named) !== withoutSlash(url.href))
      throw malformed(
        discovery,
        `The answer is of the issuer ${redactUrl(named)}, not of ${redactUrl(url.href)}`,
      )
    return new Issuer(named, discovery, connection)
  }

  /** Posts a form to an endpoint; fields that are empty are left out. */
  async post(
    endpoint: Endpoint,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { origin, pathname, search } = secureUrlIn(this.#discovery, endpoint)
    const form = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''))
    const options = { headers: FORM, signals: [signal], idleTimeout: IDLE_TIMEOUT_SECONDS }
    const call = createCall('POST', pathname + search, form.toString(), options)
    return sendTo(origin, call, this.#connection)
  }
}

/**
 * The URL in a field of an answer.
 *
 * @throws {MalformedAnswer} there is none, or others could read or change what is sent there
 */
export function secureUrlIn(answer: Answer, field: string): URL {
  const text = textIn(answer, field)
  const url = parseSecureUrl(text)
  if (url === undefined)
    throw malformed(answer, `The answer has a ${field} that does not begin with https://: ${redactUrl(text)}`)
  return url
}

/** A URL that secrets or users may be sent to; `undefined` if others could read or change what is sent there. */
export function parseSecureUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return undefined
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)) ? url : undefined
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}

// With connections of its own, since minutes may pass until the next request. Nobody may see the client's certificate.
async function sendTo(origin: string, call: Call, { trace, ca }: IssuerConnection): Promise<Answer> {
  const authorities = origin.startsWith('https:') ? { ca } : {}
  const client = new Client(new Members({ baseUrl: origin, isAnonymous: true, ...authorities }), trace)
  try {
    return await client.send(call)
  } finally {
    await client.close()
  }
}
