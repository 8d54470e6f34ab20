import { Readable } from 'node:stream'
import { Answer, UpgradedAnswer } from '../answer/answer.ts'
import type { SendCall } from '../client/authorizer.ts'
import { APIException } from '../errors/exceptions.ts'
import { type ApiPath, contextOf } from '../path.ts'
import { redact, redactText } from '../redact/redact.ts'
import type { Call } from '../request/call.ts'
import { APIRequest, redactHeaders } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { RecordedSocket } from './record-socket.ts'
import {
  type RecordedCall,
  type RecordedMessage,
  recordBody,
  recordBytes,
  writeRecording,
} from './recording.ts'

// What a client reads of an answer; dates and lengths differ each time.
const HEADERS = /^(?:content-type|content-disposition|content-range|etag|location|x-(?:lxd|incus)-.*)$/
const MAX_BYTES = 1024 * 1024

/** A recording that is being made; see {@link record}. */
export interface Recorder extends AsyncDisposable {
  /** Ends the recording and writes it; closing the API does that, too. */
  close(): Promise<void>
}

/**
 * Records the transactions of an API, and of all paths of it, to a file that {@link replay} answers from. Secrets are masked
 * as in the trace; ids and times are kept. It is written when the recorder or the API is closed.
 *
 * Of websockets, such as those of `exec()` and `events()`, what the server sends is recorded. Connections of other protocols
 * are refused meanwhile.
 *
 * @throws {Error} the API is being recorded already
 * @example
 * await using recorder = record(api, './web.recording.json')
 * await deploy(api)
 */
export function record(api: ApiPath, file: string): Recorder {
  const { client } = contextOf(api)
  const calls: (RecordedCall | undefined)[] = []
  client.intercept((call, send) => recordCall(call, send, calls))
  let isClosed = false
  const finish = (): void => {
    if (isClosed) return
    isClosed = true
    client.intercept(undefined)
    forget()
    writeRecording(
      file,
      calls.filter(one => one !== undefined),
    )
  }
  const forget = client.closeWithIt(finish)
  const close = async (): Promise<void> => finish()
  return { close, [Symbol.asyncDispose]: close }
}

/** Sends a call; its place in the recording is that of its start. */
async function recordCall(call: Call, send: SendCall, calls: (RecordedCall | undefined)[]): Promise<Answer> {
  const protocol = call.upgrade?.protocol
  if (protocol !== undefined && protocol !== 'websocket') throw refuseUpgrade(call, protocol)
  const index = calls.push(undefined) - 1
  const { method, isJson } = call
  const body = recordBody(call.body, isJson)
  const request = { method, path: redactText(call.path), ...(body !== undefined && { body }) }
  try {
    const answer = await send(call)
    const head = { ...request, ...headOf(answer) }
    calls[index] = head
    if (answer instanceof UpgradedAnswer)
      return recordUpgrade(answer, one => {
        calls[index] = { ...head, ...one }
      })
    if (answer.body === undefined) return answer
    const noteBytes = (bytes: Buffer): void => {
      calls[index] = { ...head, ...recordBytes(bytes) }
    }
    return new Answer(answer.request, answer.response, undefined, copyBody(answer.body, noteBytes, call))
  } catch (error) {
    if (error instanceof APIException) calls[index] = { ...request, ...failureOf(error) }
    throw error
  }
}

function recordUpgrade(
  answer: UpgradedAnswer,
  note: (socket: Pick<RecordedCall, 'messages' | 'isClosed'>) => void,
): UpgradedAnswer {
  const messages: RecordedMessage[] = []
  note({ messages })
  const connection = new RecordedSocket(answer.connection, {
    onMessage: message => messages.push(message),
    onClose: () => note({ messages, isClosed: true }),
  })
  return new UpgradedAnswer(answer, connection)
}

function headOf({ response, data }: APIAnswer): Partial<RecordedCall> {
  const named = Object.entries(response.headers).filter(([name]) => HEADERS.test(name))
  const headers = redactHeaders(Object.fromEntries(named.map(([name, value]) => [name, String(value)])))
  const content = typeof data === 'string' ? { text: redactText(data) } : { json: redact(data) }
  return { status: response.statusCode, headers, ...(data !== undefined && content) }
}

function failureOf({ result, error }: APIException): Partial<RecordedCall> {
  return result === undefined ? { failure: redactText(error) } : headOf(result)
}

/** The body of an answer, whose bytes are noted while a caller reads it. */
function copyBody(body: Readable, note: (bytes: Buffer) => void, { method, path }: Call): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body) {
      length += chunk.length
      if (length > MAX_BYTES)
        throw new Error(`record() keeps answers of up to ${MAX_BYTES} bytes: ${method} ${redactText(path)}`)
      chunks.push(chunk)
      yield chunk
    }
    note(Buffer.concat(chunks))
  }
  const copy = Readable.from(read(), { objectMode: false })
  copy.once('close', () => body.destroy())
  return copy
}

function refuseUpgrade(call: Call, protocol: string): APIException {
  const request = new APIRequest('record()', call)
  return new APIException({ request, error: `record() keeps no connections of the protocol ${protocol}` })
}
