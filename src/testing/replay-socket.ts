import { Duplex } from 'node:stream'
import { OPCODE } from '../websocket/frames.ts'
import type { RecordedCall, RecordedMessage } from './recording.ts'
import { encodeServerFrame, NORMAL_CLOSURE } from './server-socket.ts'

/** The connection of a websocket by which a recording sends its messages at once; what a client sends is ignored. */
export class ReplayedSocket extends Duplex {
  #isClosed = false

  constructor({ messages = [], isClosed = false }: RecordedCall) {
    super()
    for (const message of messages) this.push(encodeMessage(message))
    // One that is closed without a message, such as the control of a command, is so because the command has ended.
    if (isClosed && messages.length > 0) this.#close()
  }

  override _read(): void {}

  // The library writes one frame at a time.
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    if (((chunk[0] ?? 0) & 0xf) === OPCODE.close) this.#close()
    callback()
  }

  override _final(callback: () => void): void {
    this.#close()
    callback()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.push(encodeServerFrame(OPCODE.close, NORMAL_CLOSURE))
    this.push(null)
  }
}

function encodeMessage(message: RecordedMessage): Buffer {
  if ('json' in message) return encodeServerFrame(OPCODE.text, Buffer.from(JSON.stringify(message.json)))
  if ('text' in message) return encodeServerFrame(OPCODE.text, Buffer.from(message.text))
  const bytes = 'binary' in message ? Buffer.from(message.binary) : Buffer.from(message.base64, 'base64')
  return encodeServerFrame(OPCODE.binary, bytes)
}
