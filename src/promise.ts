import type { WaitOptions } from './operations/wait.ts'
import type { APIResult } from './result.ts'

/**
 * The promise of an {@link APIResult}; its `wait()` follows the operation that the call starts.
 *
 * The request has already been sent, even if nothing is awaited.
 *
 * @example
 * await api.instances.web.state.put({ action: 'start' }).wait()
 */
export class APIPromise<Result extends APIResult = APIResult> extends Promise<Result> {
  // then(), catch() and finally() return plain promises, which may hold anything.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  /** Resolves with the result of the finished operation; see {@link APIResult.wait}. */
  wait(options?: WaitOptions): ReturnType<Result['wait']> {
    // Safe cast: Result's own wait() returns it.
    return this.then(result => result.wait(options)) as ReturnType<Result['wait']>
  }
}
