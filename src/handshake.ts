import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import type { Answer } from './answer-handler.ts'
import type { APIResponse } from './result.ts'

/** Watches what a server answers to the opening of a websocket, of which undici's WebSocket tells nothing. */
export class Handshake {
  /** The connection, once the server agreed. */
  socket: Socket | undefined
  /** Why nothing was answered. */
  failure: unknown
  readonly #silence: number | undefined
  readonly #chunks: Buffer[] = []
  #response: APIResponse | undefined

  /** @param silence ms that the server may take to answer; 0 is no limit, and without it undici has one of its own */
  constructor(silence: number | undefined) {
    this.#silence = silence
  }

  /** What was answered; `undefined` where nothing was. */
  get answer(): Answer | undefined {
    if (this.#response === undefined) return undefined
    return { response: this.#response, text: Buffer.concat(this.#chunks).toString(), body: undefined }
  }

  // An arrow function, since it is undici that calls it.
  readonly intercept: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) =>
    dispatch({ ...options, headersTimeout: this.#silence, bodyTimeout: this.#silence }, this.#watch(handler))

  #watch(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    const fail = (controller: Dispatcher.DispatchController, error: Error): void => {
      this.failure = error
      handler.onResponseError?.(controller, error)
    }
    return {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, statusCode, headers, socket) => {
        this.#response = { statusCode, headers }
        // True: undici connects by node:net and node:tls.
        this.socket = socket as Socket
        handler.onRequestUpgrade?.(controller, statusCode, headers, socket)
      },
      onResponseStart: (controller, statusCode, headers) => {
        if (statusCode < 200) return
        this.#response = { statusCode, headers }
        // It is not what was asked for, and there may be no end to it.
        if (statusCode < 400) controller.abort(new Error('The answer is no websocket'))
      },
      onResponseData: (_controller, chunk) => void this.#chunks.push(chunk),
      onResponseEnd: controller => fail(controller, new Error('The server refused')),
      onResponseError: fail,
    }
  }
}
