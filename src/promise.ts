import type { WaitOptions } from './operations/wait.ts'
import type { APIResult } from './result.ts'

/**
 * The promise of an {@link APIResult}; its `wait()` follows the operation that the call starts.
 *
 * The request is already on its way: nothing has to be awaited for it to be sent.
 *
 * @example
 * await api.instances.web.state.put({ action: 'start' }).wait()
 */
export class APIPromise<Result extends APIResult = APIResult> extends Promise<Result> {
  // What is derived by then(), catch() and finally() no longer holds a result, so it is a plain promise.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Resolves with the result of the finished operation; see {@link APIResult.wait}. */
  wait(options?: WaitOptions): ReturnType<Result['wait']> {
    // Safe cast: it is what Result's own wait() returns.
    return this.then(result => result.wait(options)) as ReturnType<Result['wait']>
  }
}
