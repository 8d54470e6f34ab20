import type { Readable } from 'node:stream'
import { Answer } from './answer/answer.ts'
import { type WaitOptions, waitForOperation } from './operations/wait.ts'
import type { Context, Path } from './path.ts'
import type { APIAnswer, Untyped } from './request/transaction.ts'

export type { APIResponse } from './request/response.ts'
export type { Untyped } from './request/transaction.ts'

/** Creates the path of a URL; passed to results to avoid an import cycle. */
export type CreatePath = (context: Context, url: string) => Path

/**
 * What a server answered to one request.
 *
 * `console.log` and `JSON.stringify` show it without its secrets; its properties have all of them.
 *
 * @example
 * const { metadata, etag } = await api.instances.web.get()
 *
 * @typeParam Metadata what `metadata` is
 * @typeParam Content `undefined` for JSON, a `Readable` for anything else
 * @typeParam Finished what `metadata` is once the operation has ended
 */
export class APIResult<
  Metadata = Untyped,
  Content extends Readable | undefined = Readable | undefined,
  Finished = Metadata,
> extends Answer<Metadata, Content> {
  readonly #context: Context
  readonly #createPath: CreatePath

  /** @internal Results come from the verbs of a path. */
  constructor({ request, response, data, body }: APIAnswer, context: Context, createPath: CreatePath) {
    super(request, response, data, body)
    this.#context = context
    this.#createPath = createPath
  }

  /** The root of the API of this result, with the defaults of the call's path. */
  get api(): Path {
    const { client, defaults } = this.#context
    return this.#createPath({ client, defaults }, '')
  }

  /**
   * Resolves with the result of the finished operation; immediately with this result if it started none.
   *
   * @throws {APIOperationException} it failed; {@link APICancelledException} if it was cancelled
   * @throws {APITimeoutException} it took longer than `timeout` seconds, and keeps running
   * @throws {APINotFoundException} it ended more than 5 s ago, and the server forgot it
   */
  async wait(options?: WaitOptions): Promise<APIResult<Finished, Content>> {
    const { client, defaults } = this.#context
    const { answer, caller } = await waitForOperation({ client, defaults }, this, options)
    const result = answer === this ? this : new APIResult(answer, caller, this.#createPath)
    // Safe cast: the REST types say that a finished operation has this metadata.
    return result as APIResult<Finished, Content>
  }
}
