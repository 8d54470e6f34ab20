import { setMaxListeners } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { AnswerBody } from './answer-body.ts'
import { failureOfExchange } from './failure.ts'
import { isJson, readEitherSpelling } from './headers.ts'
import type { APIRequest } from './request.ts'
import type { APIResponse } from './result.ts'

/** An answer as it came: JSON and errors as text, anything else as a stream that nobody has read yet. */
export interface Answer {
  readonly response: APIResponse
  readonly text: string
  readonly body: AnswerBody | undefined
}

/** Receives one answer from undici; collects what is JSON without any stream in between. */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #request: APIRequest
  readonly #onAnswer: (answer: Answer) => void
  readonly #onFailure: (error: unknown) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #response: APIResponse | undefined
  #body: AnswerBody | undefined
  #isSettled = false

  /** One of the two is called, once, a failure as undici tells it; what happens to a body after that is told by the body. */
  constructor(request: APIRequest, onAnswer: (answer: Answer) => void, onFailure: (error: unknown) => void) {
    this.#request = request
    this.#onAnswer = onAnswer
    this.#onFailure = onFailure
    this.#listenTo(request.signal)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#request.markSent()
    const { signal } = this.#request
    if (signal?.aborted) controller.abort(signal.reason)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (statusCode < 200) return
    if ('x-lxd-type' in headers || 'x-incus-type' in headers) readEitherSpelling(headers)
    this.#response = { statusCode, headers }
    if (this.#request.method === 'HEAD' || isCollected(this.#response)) return
    this.#body = new AnswerBody(controller)
    this.#answer('')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body === undefined) this.#chunks.push(chunk)
    else this.#body.receive(chunk)
  }

  onResponseEnd(): void {
    this.#forgetSignal()
    if (this.#body === undefined) this.#answer(decode(this.#chunks))
    else this.#body.finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(error)
  }

  #answer(text: string): void {
    if (this.#isSettled) return
    this.#isSettled = true
    // True: undici tells the head of an answer before anything else of it.
    this.#onAnswer({ response: this.#response as APIResponse, text, body: this.#body })
  }

  // An arrow function, since it is added and removed as a listener.
  #abort = (): void => {
    const reason = this.#request.signal?.reason
    this.#controller?.abort(reason)
    // While it is still connecting there is no controller, and nobody has to wait for that connection.
    this.#fail(reason)
  }

  #fail(error: unknown): void {
    this.#forgetSignal()
    this.#body?.fail(failureOfExchange(this.#request, error))
    if (this.#isSettled) return
    this.#isSettled = true
    this.#onFailure(error)
  }

  #listenTo(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    // One signal may well end more calls than the ten listeners that Node.js takes for a leak.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', this.#abort)
  }

  #forgetSignal(): void {
    this.#request.signal?.removeEventListener('abort', this.#abort)
  }
}

/** JSON, redirects and errors are collected; a file that looks like JSON is still a file. */
function isCollected({ statusCode, headers }: APIResponse): boolean {
  if (statusCode >= 300) return true
  const type = headers['x-lxd-type']
  return type !== 'file' && type !== 'symlink' && isJson(headers)
}

function decode(chunks: readonly Buffer[]): string {
  return chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()
}
