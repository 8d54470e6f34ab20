import { channel } from 'node:diagnostics_channel'
import type { Answer } from '../answer/answer.ts'
import { APIException } from '../errors/exceptions.ts'
import { redactText } from '../redact/redact.ts'
import type { Call, Method } from '../request/call.ts'

/**
 * What the channels `lxdapi:call:start`, `lxdapi:call:end` and `lxdapi:call:error` of `node:diagnostics_channel` tell of a
 * call: first `start`, then either `end` or `error`, each with the same object.
 *
 * @example
 * diagnostics_channel.subscribe('lxdapi:call:end', message => {
 *   const { method, path, status, milliseconds } = message as CallMessage
 *   console.log(method, path, status, milliseconds)
 * })
 */
export interface CallMessage {
  readonly method: Method
  /** Path and query string, with secrets masked. */
  readonly path: string
  /** The HTTP status; `undefined` until something has answered. */
  status?: number
  /** From the start to the answer; of what is not JSON, to its head. */
  milliseconds?: number
  /** What the call failed with, on `lxdapi:call:error`. */
  error?: unknown
}

const START = channel('lxdapi:call:start')
const END = channel('lxdapi:call:end')
const ERROR = channel('lxdapi:call:error')

/** Whether anybody listens to calls. */
export function isCallObserved(): boolean {
  return START.hasSubscribers || END.hasSubscribers || ERROR.hasSubscribers
}

/** Sends a call, and publishes how it goes. */
export async function publishCall(call: Call, send: (call: Call) => Promise<Answer>): Promise<Answer> {
  const message: CallMessage = { method: call.method, path: redactText(call.path) }
  START.publish(message)
  const begin = performance.now()
  try {
    const answer = await send(call)
    END.publish(complete(message, begin, answer.response.statusCode))
    return answer
  } catch (error) {
    const status = error instanceof APIException ? error.result?.response.statusCode : undefined
    ERROR.publish(Object.assign(complete(message, begin, status), { error }))
    throw error
  }
}

function complete(message: CallMessage, begin: number, status: number | undefined): CallMessage {
  return Object.assign(message, { status, milliseconds: performance.now() - begin })
}
