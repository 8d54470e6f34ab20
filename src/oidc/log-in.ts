import type { Answer } from '../answer/answer.ts'
import type { Authorizer, SendCall } from '../client/authorizer.ts'
import { SharedTask } from '../common/shared-task.ts'
import { APIException } from '../errors/exceptions.ts'
import { addAdvice } from '../errors/hints.ts'
import { isStream } from '../request/body.ts'
import { type Call, createCall } from '../request/call.ts'
import type { Trace } from '../trace/trace.ts'
import { logIn } from './device-flow.ts'
import { Issuer, type IssuerConnection, parseSecureUrl } from './issuer.ts'
import { oauthErrorOf } from './oauth-error.ts'
import { createMemoryStore, type OidcOptions, type OidcStore } from './options.ts'
import { type Provider, providerIn } from './provider.ts'
import { isExpiring, type OidcTokens, tokensIn } from './tokens.ts'

// Without it, the servers answer GET /1.0 to everybody.
const AS_TRUSTED = { 'X-LXD-authenticated': 'true' }

/**
 * Authorizes calls by the access token of a user who logs in with OpenID Connect: at the first call, and when the tokens
 * in the store are no longer accepted. It is refreshed before it expires, and once if the server does not accept it.
 */
export class OidcLogIn implements Authorizer {
  readonly #onCode: OidcOptions['onCode']
  readonly #store: OidcStore
  readonly #connection: IssuerConnection
  /** One for all calls, which would otherwise ask the user for each. */
  readonly #renewal = new SharedTask<OidcTokens | undefined>()
  #tokens: OidcTokens | undefined
  /** Whether the server was asked, and takes this client without a log-in. */
  #isNeedless = false

  constructor(options: OidcOptions, trace: Trace) {
    const { onCode, store = createMemoryStore(), ca } = options
    this.#onCode = onCode
    this.#store = store
    this.#connection = { trace, ca }
  }

  async send(call: Call, send: SendCall): Promise<Answer> {
    const known = await this.#readFresh()
    const isNeeded = known === undefined && !this.#isNeedless
    const tokens = isNeeded ? await this.#renew({ call, send, refused: this.#tokens }) : known
    try {
      return await send(authorize(call, tokens))
    } catch (error) {
      // The user has just logged in for this call, and would do so again for nothing.
      const isNew = tokens !== undefined && tokens !== known
      if (isNew || !isRefused(error, tokens)) throw error
      const renewed = await this.#renew({ call, send, refused: tokens, refusal: error })
      if (isStream(call.body))
        throw addAdvice(error, 'there is a new access token: send it again, with another stream')
      return await send(authorize(call, renewed))
    }
  }

  close(): void {
    this.#renewal.abort(new Error('close() was called during the log-in'))
  }

  /** The tokens in use or in the store, unless they are about to expire. */
  async #readFresh(): Promise<OidcTokens | undefined> {
    if (this.#isNeedless) return undefined
    this.#tokens ??= await this.#store.read()
    return this.#tokens !== undefined && !isExpiring(this.#tokens) ? this.#tokens : undefined
  }

  #renew(need: Need): Promise<OidcTokens | undefined> {
    return this.#renewal.wait(signal => this.#renewNow(need, signal), need.call.signals)
  }

  async #renewNow(
    { call, send, refused, refusal }: Need,
    signal: AbortSignal,
  ): Promise<OidcTokens | undefined> {
    const others = await this.#findOthers(refused)
    if (others !== undefined) return others
    const refusedCall = refusal ?? (await askForRefusal(call, send, signal))
    const provider = providerIn(refusedCall)
    if (provider === undefined) {
      this.#isNeedless = refusedCall === TRUSTED
      return undefined
    }
    return this.#keep(await this.#obtain(provider, refusedCall, signal))
  }

  /** Other tokens than these, which another call or another process has obtained meanwhile. */
  async #findOthers(known: OidcTokens | undefined): Promise<OidcTokens | undefined> {
    const candidates = [this.#tokens, await this.#store.read()]
    const others = candidates.find(
      tokens => tokens !== undefined && tokens.accessToken !== known?.accessToken && !isExpiring(tokens),
    )
    this.#tokens = others ?? this.#tokens
    return others
  }

  async #obtain(provider: Provider, refusal: unknown, signal: AbortSignal): Promise<OidcTokens> {
    const url = parseSecureUrl(provider.issuer)
    if (url === undefined)
      throw addAdvice(refusal, 'its issuer does not begin with https://, so nobody can log in')
    const issuer = await Issuer.discover(url, this.#connection, signal)
    const previous = (await this.#store.read()) ?? this.#tokens
    const refreshed = previous && (await refresh(issuer, provider, previous, signal))
    // A refresh token is accepted but once, and another process may have been faster.
    const current = refreshed ?? (await this.#findOthers(previous))
    if (current !== undefined) return current
    if (this.#onCode !== undefined) return logIn(issuer, provider, this.#onCode, signal)
    throw addAdvice(refusal, `a user has to log in at ${provider.issuer}: give oidc.onCode`)
  }

  async #keep(tokens: OidcTokens): Promise<OidcTokens> {
    this.#tokens = tokens
    this.#isNeedless = false
    await this.#store.write(tokens)
    return tokens
  }
}

/** A call that needs other tokens. */
interface Need {
  readonly call: Call
  readonly send: SendCall
  /** The tokens that have expired or were refused. */
  readonly refused: OidcTokens | undefined
  /** The exception with which the server refused. */
  readonly refusal?: unknown
}

function authorize(call: Call, tokens: OidcTokens | undefined): Call {
  if (tokens === undefined) return call
  return { ...call, headers: { ...call.headers, authorization: `Bearer ${tokens.accessToken}` } }
}

// With a token that is accepted, a 403 is about what the user may do.
function isRefused(error: unknown, tokens: OidcTokens | undefined): boolean {
  if (providerIn(error) === undefined || !(error instanceof APIException)) return false
  return error.statusCode === 401 || (error.statusCode === 403 && tokens === undefined)
}

/** The server takes the client as it is. */
const TRUSTED = Symbol('trusted')

/**
 * Asks the server whom it trusts to tell its users apart, before anything is sent that can't be sent twice.
 *
 * @returns the exception of the refusal, which says so
 */
async function askForRefusal(call: Call, send: SendCall, signal: AbortSignal): Promise<unknown> {
  const { idleTimeout } = call
  try {
    await send(createCall('GET', '/1.0', undefined, { headers: AS_TRUSTED, signals: [signal], idleTimeout }))
    return TRUSTED
  } catch (error) {
    signal.throwIfAborted()
    // Any other failure is for the call itself to meet.
    return error
  }
}

/** Asks for other tokens by the refresh token; `undefined` if the issuer does not give any for it. */
async function refresh(
  issuer: Issuer,
  { clientId }: Provider,
  tokens: OidcTokens,
  signal: AbortSignal,
): Promise<OidcTokens | undefined> {
  const { refreshToken } = tokens
  if (refreshToken === undefined || tokens.issuer !== issuer.url) return undefined
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }
  try {
    return tokensIn(await issuer.post('token_endpoint', form, signal), issuer.url, tokens)
  } catch (error) {
    if (oauthErrorOf(error) === undefined) throw error
    return undefined
  }
}
