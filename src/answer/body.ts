import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { silenceErrors } from '../common/silence-errors.ts'
import { APIException } from '../errors/exceptions.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'

// How much may wait to be read; a socket gives 64 KiB at most, and to hold it after each is not for nothing.
const AHEAD = 512 * 1024

/** An answer's body as it arrives; the server has to wait while nobody reads it. */
export class AnswerBody extends Readable {
  /** What it answers. */
  readonly request: APIRequest
  readonly #controller: Dispatcher.DispatchController
  #isComplete = false

  constructor(request: APIRequest, controller: Dispatcher.DispatchController) {
    super({ highWaterMark: AHEAD })
    silenceErrors(this)
    this.request = request
    this.#controller = controller
  }

  /** Whether all of it has arrived, or the rest never will; `settled` is emitted when it comes to that. */
  get isSettled(): boolean {
    return this.#isComplete || this.destroyed
  }

  /** Takes what has arrived. */
  receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controller.pause()
  }

  /** Nothing more will arrive. */
  finish(): void {
    this.#isComplete = true
    this.push(null)
    this.emit('settled')
  }

  /** The rest will not arrive; whoever reads on is told why. */
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

/** The body as it was before the server compressed it for the way. */
export function decodeBody(body: AnswerBody, { headers }: APIResponse): Readable {
  if (headers['content-encoding'] !== 'gzip') return body
  const gunzip = createGunzip()
  const destroy = gunzip.destroy.bind(gunzip)
  gunzip.destroy = error => destroy(error && explainDecoding(body, error))
  silenceErrors(gunzip)
  pipeline(body, gunzip, () => {})
  return gunzip
}

// Other errors are those of the body, which explains them itself.
function explainDecoding({ request }: AnswerBody, cause: Error): Error {
  const { code = '' } = cause as NodeJS.ErrnoException
  if (!code.startsWith('Z_')) return cause
  return new APIException({ request, error: `The answer is not valid gzip: ${cause.message}`, cause })
}
