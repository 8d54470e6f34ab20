import type { Readable } from 'node:stream'
import { Answer } from './answer/answer.ts'
import { type WaitOptions, waitForOperation } from './operations/wait.ts'
import type { Context, Path } from './path.ts'
import type { APIAnswer, Untyped } from './request/transaction.ts'

export type { APIResponse } from './request/response.ts'
export type { Untyped } from './request/transaction.ts'

/** Makes the path of a URL; given to results, since paths make them. */
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

  /** The root of the API this came from, with the defaults that the call's path had. */
  get api(): Path {
    const { client, defaults } = this.#context
    return this.#createPath({ client, defaults }, '')
  }

  /**
   * Resolves with the result of the finished operation, and at once with this result where it started none.
   *
   * @throws {APIOperationException} it failed; {@link APICancelledException} where somebody cancelled it
   * @throws {APITimeoutException} it took longer than `timeout` seconds, and goes on
   * @throws {APINotFoundException} it ended so long ago (5 s) that the server forgot how
   */
  async wait(options?: WaitOptions): Promise<APIResult<Finished, Content>> {
    const { client, defaults } = this.#context
    const { answer, caller } = await waitForOperation({ client, defaults }, this, options)
    const result = answer === this ? this : new APIResult(answer, caller, this.#createPath)
    // Safe cast: as the REST types have it, an operation that ended has this metadata.
    return result as APIResult<Finished, Content>
  }
}
