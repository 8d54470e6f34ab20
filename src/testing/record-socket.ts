import { isUtf8 } from 'node:buffer'
import { Duplex } from 'node:stream'
import { ignoreErrors } from '../common/ignore-errors.ts'
import { isRecord } from '../common/is-record.ts'
import { redact, redactText } from '../redact/redact.ts'
import { FrameReader, OPCODE } from '../websocket/frames.ts'
import { MessageAssembler } from '../websocket/messages.ts'
import type { RecordedMessage } from './recording.ts'

/** Receives what a server sends by a websocket. */
export interface SocketRecorder {
  readonly onMessage: (message: RecordedMessage) => void
  /** The server closes it, before this side does. */
  readonly onClose: () => void
}

/** The connection of a websocket for a client to use, while what the server sends is recorded. */
export class RecordedSocket extends Duplex {
  readonly #connection: Duplex
  #isClosing = false

  constructor(connection: Duplex, recorder: SocketRecorder) {
    super()
    ignoreErrors(this)
    this.#connection = connection
    const assembler = new MessageAssembler(message => recorder.onMessage(recordMessage(message)))
    const reader = new FrameReader({
      onBegin: isText => assembler.onBegin(isText),
      onPart: part => assembler.onPart(part),
      onEnd: () => assembler.onEnd(),
      onControl: opcode => {
        if (opcode === OPCODE.close && !this.#isClosing) recorder.onClose()
      },
    })
    connection.on('data', (chunk: Buffer) => {
      // The client parses the same bytes, and tells what is wrong with them.
      const copy = Buffer.from(chunk)
      reader.read(copy)
      if (!this.push(copy)) connection.pause()
    })
    connection.on('end', () => this.push(null))
    connection.on('error', error => this.destroy(error))
    connection.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#connection.resume()
  }

  // The library writes one frame at a time.
  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (((chunk[0] ?? 0) & 0xf) === OPCODE.close) this.#isClosing = true
    this.#connection.write(chunk, encoding, callback)
  }

  override _final(callback: () => void): void {
    this.#connection.end(callback)
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#connection.destroy()
    callback(error)
  }
}

function recordMessage(message: string | Buffer): RecordedMessage {
  if (typeof message !== 'string')
    return isUtf8(message)
      ? { binary: redactText(message.toString()) }
      : { base64: message.toString('base64') }
  const json = parse(message)
  return isRecord(json) ? { json: redact(json) } : { text: redactText(message) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
