import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { ignoreErrors } from '../common/ignore-errors.ts'
import { APIException } from '../errors/exceptions.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'

// Bytes. A socket gives up to 256 KiB at a time, and pausing it after each is slow.
const HIGH_WATER_MARK = 1024 * 1024

/** An answer's body as it arrives; while it is not read, backpressure stops the server. */
export class AnswerBody extends Readable {
  /** The request that it answers. */
  readonly request: APIRequest
  readonly #controller: Dispatcher.DispatchController
  #isComplete = false

  constructor(request: APIRequest, controller: Dispatcher.DispatchController) {
    super({ highWaterMark: HIGH_WATER_MARK })
    ignoreErrors(this)
    this.request = request
    this.#controller = controller
  }

  /** Whether all of it has arrived, or the rest never will; `settled` is emitted when it comes to that. */
  get isSettled(): boolean {
    return this.#isComplete || this.destroyed
  }

  /** Adds a chunk that has arrived. */
  receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controller.pause()
  }

  /** Ends the body: nothing more will arrive. */
  finish(): void {
    this.#isComplete = true
    this.push(null)
    this.emit('settled')
  }

  /** Fails the body: the rest will not arrive. Readers get the error. */
  fail(error: unknown): void {
    // Safe cast: streams keep whatever they are destroyed with as their error.
    this.destroy(error as Error)
  }

  override _read(): void {
    this.#controller.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#isComplete) this.#controller.abort(error ?? new Error('The body was destroyed before its end'))
    this.emit('settled')
    callback(error)
  }
}

/** The body without the compression that the server added for the transfer. */
export function decodeBody(body: AnswerBody, { headers }: APIResponse): Readable {
  if (headers['content-encoding'] !== 'gzip') return body
  const gunzip = createGunzip()
  const destroy = gunzip.destroy.bind(gunzip)
  gunzip.destroy = error => destroy(error && explainDecoding(body, error))
  ignoreErrors(gunzip)
  pipeline(body, gunzip, () => {})
  return gunzip
}

// Any other error is the body's own, and has been explained.
function explainDecoding({ request }: AnswerBody, cause: Error): Error {
  const { code = '' } = cause as NodeJS.ErrnoException
  if (!code.startsWith('Z_')) return cause
  return new APIException({ request, error: `The answer is not valid gzip: ${cause.message}`, cause })
}
