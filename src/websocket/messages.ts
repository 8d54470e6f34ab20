import { isUtf8 } from 'node:buffer'
import { WebSocketProtocolError } from './frames.ts'

/** Receives the messages of a websocket in chunks; see {@link FrameListener}. */
export interface MessageReceiver {
  readonly onBegin: (isText: boolean) => void
  readonly onPart: (part: Buffer) => void
  readonly onEnd: () => void
}

// Messages are buffered until they are complete.
const MAX_MESSAGE_BYTES = 128 * 1024 * 1024

/** Joins the chunks of each message: text to a string, binary data to a `Buffer` of its own. */
export class MessageAssembler implements MessageReceiver {
  readonly #deliver: (message: string | Buffer) => void
  #isText = false
  #parts: Buffer[] = []
  #length = 0

  constructor(deliver: (message: string | Buffer) => void) {
    this.#deliver = deliver
  }

  onBegin(isText: boolean): void {
    this.#isText = isText
    this.#parts = []
    this.#length = 0
  }

  onPart(part: Buffer): void {
    this.#length += part.length
    if (this.#length > MAX_MESSAGE_BYTES) throw new WebSocketProtocolError('a message is too long', 1009)
    this.#parts.push(part)
  }

  onEnd(): void {
    const bytes = Buffer.concat(this.#parts)
    this.#parts = []
    this.#deliver(this.#isText ? decodeText(bytes) : bytes)
  }
}

/**
 * Decodes the text of a message or of a close reason.
 *
 * @throws {WebSocketProtocolError} it is not valid UTF-8
 */
export function decodeText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new WebSocketProtocolError('text is not valid UTF-8', 1007)
  return bytes.toString()
}
