import { isTypeError } from '../common/is-error.ts'
import { malformed } from '../errors/malformed-answer.ts'
import { type Call, createCall, type Method, type Upgrade } from '../request/call.ts'
import {
  type Body,
  type CallOptions,
  checkCallOptions,
  type MergedOptions,
  mergeOptions,
} from '../request/options.ts'
import { parseQuery } from '../request/query.ts'
import type { APIAnswer } from '../request/transaction.ts'
import type { Client } from './client.ts'

/** A client, and the options that all calls by it have in common. */
export interface Caller {
  readonly client: Client
  readonly defaults: MergedOptions
}

/** A path on a server, with the client and the options for the calls to it. */
export interface Place<C extends Caller = Caller> {
  readonly caller: C
  /** From the root, without a query string. */
  readonly path: string
}

/**
 * The call of a method on a path.
 *
 * @throws {TypeError} on an unknown option, and on what can't be sent
 */
export function prepareCall(
  { defaults }: Caller,
  method: Method,
  path: string,
  body?: Body | null,
  options?: CallOptions,
  upgrade?: Upgrade,
): Call {
  if (options !== undefined) checkCallOptions(options, `${method} ${path}`)
  return createCall(method, path, body, mergeOptions(defaults, options), upgrade)
}

/** The same caller with more defaults. */
export function addDefaults<C extends Caller>(caller: C, more: CallOptions): C {
  checkCallOptions(more, 'with()')
  return { ...caller, defaults: mergeOptions(caller.defaults, more) }
}

/**
 * The place of a URL that a server gave, whose query string becomes defaults.
 *
 * @throws {TypeError} on a URL of another server
 */
export function placeOf<C extends Caller>(caller: C, url: string | URL): Place<C> {
  const { pathname, searchParams } = caller.client.resolve(url)
  // A slash at the end would be doubled by the next segment.
  const path = pathname.replace(/\/$/, '')
  return { caller: addDefaults(caller, { query: parseQuery(searchParams) }), path }
}

/**
 * The place of a URL in an answer.
 *
 * @throws {MalformedAnswer} it is no URL of the server that gave it
 */
export function placeIn<C extends Caller>(caller: C, answer: APIAnswer, url: unknown): Place<C> {
  try {
    return placeOf(caller, url as string) // Safe cast: it throws on all that is no URL.
  } catch (error) {
    if (!isTypeError(error)) throw error
    throw malformed(answer, `The answer names ${JSON.stringify(url)}, which is no URL of its server`)
  }
}

/** The same caller without the signals in its defaults, which would abort its calls. */
export function dropSignals<C extends Caller>(caller: C): C {
  return { ...caller, defaults: { ...caller.defaults, signals: undefined } }
}
