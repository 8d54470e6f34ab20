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
   * @throws {Error} its URL is not `https://`, nor on this machine
   */
  static async discover(url: string, connection: IssuerConnection, signal: AbortSignal): Promise<Issuer> {
    const place = checkSecure(url, 'issuer')
    const path = `${place.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`
    const call = createCall('GET', path, undefined, { signals: [signal], idleTimeout: IDLE_TIMEOUT_SECONDS })
    const discovery = await sendTo(place.origin, call, connection)
    const named = textIn(discovery, 'issuer')
    if (named !== url)
      throw malformed(
        discovery,
        `The document is of the issuer ${redactUrl(named)}, not of ${redactUrl(url)}`,
      )
    return new Issuer(url, discovery, connection)
  }

  /** Posts a form to an endpoint; fields that are empty are left out. */
  async post(
    endpoint: Endpoint,
    fields: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { origin, pathname, search } = checkSecure(textIn(this.#discovery, endpoint), endpoint)
    const form = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''))
    const options = { headers: FORM, signals: [signal], idleTimeout: IDLE_TIMEOUT_SECONDS }
    const call = createCall('POST', pathname + search, form.toString(), options)
    return sendTo(origin, call, this.#connection)
  }
}

/**
 * Parses a URL that secrets are sent to, or that a user is sent to.
 *
 * @throws {Error} others could read or change what is sent there
 */
export function checkSecure(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (url !== undefined && isSecure && url.username === '' && url.password === '') return url
  throw new Error(
    `OIDC: the ${name} must be a URL that begins with https://, without a password, not ${redactUrl(text)}`,
  )
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
