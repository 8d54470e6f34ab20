import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { onAbort } from '../common/abort.ts'
import { MAX_TIMER_MS } from '../common/deadline.ts'
import { ignoreErrors } from '../common/ignore-errors.ts'
import { addBothPrefixes, isJson } from '../request/headers.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import { AnswerBody } from './body.ts'
import { ConnectTimeoutError, failureOfExchange } from './failure.ts'

/** An answer before it is parsed: JSON and errors as text, anything else as an unread stream. */
export interface ReceivedAnswer {
  readonly response: APIResponse
  readonly text: string
  readonly body: AnswerBody | undefined
  /** The upgraded connection; `undefined` where the server did not upgrade. */
  readonly connection?: Duplex
}

/** Receives one answer from undici; collects JSON without a stream in between. */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #request: APIRequest
  readonly #onAnswer: (answer: ReceivedAnswer) => void
  readonly #onFailure: (error: unknown) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #response: APIResponse | undefined
  #body: AnswerBody | undefined
  #isSettled = false
  #removeAbortListener: (() => void) | undefined
  #connectTimer: NodeJS.Timeout | undefined

  /** Calls one of the two, once; a failure is passed as undici gives it. Later failures are those of the body. */
  constructor(
    request: APIRequest,
    onAnswer: (answer: ReceivedAnswer) => void,
    onFailure: (error: unknown) => void,
  ) {
    this.#request = request
    this.#onAnswer = onAnswer
    this.#onFailure = onFailure
    this.#removeAbortListener = onAbort(request.signals, reason => this.#abort(reason))
    this.#limitConnecting(request.idleTimeout)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    clearTimeout(this.#connectTimer)
    this.#controller = controller
    // The signal or the timeout has ended the call while it was connecting.
    if (this.#isSettled) controller.abort(new Error('The call has ended'))
    else this.#request.markSent()
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
    connection: Duplex,
  ): void {
    this.#removeAbortListener?.()
    ignoreErrors(connection)
    this.#response = { statusCode, headers }
    this.#answer('', connection)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (statusCode < 200) return
    if ('x-lxd-type' in headers || 'x-incus-type' in headers) addBothPrefixes(headers)
    this.#response = { statusCode, headers }
    if (this.#request.method === 'HEAD' || isCollected(this.#response, this.#request)) return
    this.#body = new AnswerBody(this.#request, controller)
    this.#answer('')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body === undefined) this.#chunks.push(chunk)
    else this.#body.receive(chunk)
  }

  onResponseEnd(): void {
    this.#removeAbortListener?.()
    if (this.#body === undefined) this.#answer(decode(this.#chunks))
    else this.#body.finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(error)
  }

  #answer(text: string, connection?: Duplex): void {
    if (this.#isSettled) {
      connection?.destroy()
      return
    }
    this.#isSettled = true
    // Safe cast: undici gives the head of an answer first.
    this.#onAnswer({ response: this.#response as APIResponse, text, body: this.#body, connection })
  }

  #abort(reason: unknown): void {
    // Safe cast: undici passes on whatever it is given.
    this.#controller?.abort(reason as Error)
    // While connecting there is no controller yet, and the call does not wait for the connection.
    this.#fail(reason)
  }

  // undici's own timeout counts from the moment when the request has been sent.
  #limitConnecting(seconds = Number.POSITIVE_INFINITY): void {
    const ms = Math.ceil(seconds * 1000)
    if (ms > MAX_TIMER_MS) return
    this.#connectTimer = setTimeout(() => this.#fail(new ConnectTimeoutError(seconds)), ms)
  }

  #fail(error: unknown): void {
    clearTimeout(this.#connectTimer)
    this.#removeAbortListener?.()
    this.#body?.fail(failureOfExchange(this.#request, error))
    if (this.#isSettled) return
    this.#isSettled = true
    this.#onFailure(error)
  }
}

// A file that looks like JSON is still a file, and the body of a refused upgrade is of no use.
function isCollected({ statusCode, headers }: APIResponse, { protocol, path }: APIRequest): boolean {
  if (statusCode >= 300) return true
  if (protocol !== undefined || isEmptyLog(headers, path)) return false
  const type = headers['x-lxd-type']
  return type !== 'file' && type !== 'symlink' && isJson(headers)
}

// Incus 6.0 sends the empty log of a console as JSON.
function isEmptyLog(headers: IncomingHttpHeaders, path: string): boolean {
  return headers['content-length'] === '0' && /\/console(\?|$)/.test(path)
}

function decode(chunks: readonly Buffer[]): string {
  return chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()
}
