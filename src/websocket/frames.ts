import { randomBytes } from 'node:crypto'

/** The kinds of frames of RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Is told what the frames of a websocket hold. */
export interface FrameListener {
  /** A message begins. */
  readonly onBegin: (isText: boolean) => void
  /** A part of the message, as it came in: neither copied nor joined. */
  readonly onPart: (part: Buffer) => void
  /** The message is complete. */
  readonly onEnd: () => void
  /** A close, ping or pong frame. */
  readonly onControl: (opcode: number, payload: Buffer) => void
}

/** The peer violated RFC 6455; `closeCode` is what to close the websocket with. */
export class WebSocketProtocolError extends Error {
  readonly closeCode: number

  constructor(message: string, closeCode = 1002) {
    super(`The server does not follow the WebSocket protocol: ${message}`)
    this.closeCode = closeCode
  }
}

// With a length of 8 bytes; frames of a server have no mask.
const MAX_HEAD_LENGTH = 10
const MAX_CONTROL_LENGTH = 125
// What the length field holds where the length is in the 2 or 8 bytes after it.
const EXTENDED_LENGTH: Readonly<Record<number, number>> = { 126: 2, 127: 8 }

/** Parses the frames that a server sends, in whatever chunks they arrive. */
export class FrameReader {
  readonly #listener: FrameListener
  readonly #head = Buffer.alloc(MAX_HEAD_LENGTH)
  #headLength = 0
  /** Bytes of the payload that have not arrived yet. */
  #missing = 0
  #opcode: number = OPCODE.continuation
  #isFinal = true
  #isInMessage = false
  #control: Buffer[] = []

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /**
   * Takes the next bytes of the connection.
   *
   * @throws {WebSocketProtocolError} on frames that RFC 6455 forbids
   */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#missing === 0) at += this.#readHead(chunk, at)
      else at += this.#readPayload(chunk, at)
    }
  }

  // A byte at a time: heads are short, and may be split anywhere.
  #readHead(chunk: Buffer, start: number): number {
    let at = start
    while (at < chunk.length) {
      this.#head[this.#headLength++] = chunk[at++] ?? 0
      if (this.#headLength < 2) continue
      const size = (this.#head[1] ?? 0) & 0x7f
      if (this.#headLength < 2 + (EXTENDED_LENGTH[size] ?? 0)) continue
      this.#headLength = 0
      this.#begin(this.#lengthOf(size))
      break
    }
    return at - start
  }

  #begin(length: number): void {
    const [first = 0, second = 0] = this.#head
    this.#isFinal = (first & 0x80) !== 0
    this.#opcode = first & 0xf
    if ((first & 0x70) !== 0) throw new WebSocketProtocolError('a reserved bit is set')
    if ((second & 0x80) !== 0) throw new WebSocketProtocolError('a frame is masked')
    this.#missing = length
    if (this.#opcode >= OPCODE.close) this.#checkControl(length)
    else this.#beginData()
    if (length === 0) this.#finishFrame()
  }

  #checkControl(length: number): void {
    if (this.#opcode > OPCODE.pong) throw new WebSocketProtocolError(`opcode ${this.#opcode} is unknown`)
    if (!this.#isFinal) throw new WebSocketProtocolError('a control frame is fragmented')
    if (length > MAX_CONTROL_LENGTH) throw new WebSocketProtocolError('a control frame is too long')
  }

  #beginData(): void {
    if (this.#opcode > OPCODE.binary) throw new WebSocketProtocolError(`opcode ${this.#opcode} is unknown`)
    const isContinued = this.#opcode === OPCODE.continuation
    if (isContinued !== this.#isInMessage)
      throw new WebSocketProtocolError(isContinued ? 'nothing to continue' : 'a message is not continued')
    this.#isInMessage = true
    if (!isContinued) this.#listener.onBegin(this.#opcode === OPCODE.text)
  }

  #lengthOf(size: number): number {
    if (size < 126) return size
    if (size === 126) return this.#head.readUInt16BE(2)
    const length = this.#head.readBigUInt64BE(2)
    if (length > Number.MAX_SAFE_INTEGER) throw new WebSocketProtocolError('a frame is too long', 1009)
    return Number(length)
  }

  #readPayload(chunk: Buffer, at: number): number {
    const part = chunk.subarray(at, at + this.#missing)
    this.#missing -= part.length
    if (this.#opcode >= OPCODE.close) this.#control.push(part)
    else this.#listener.onPart(part)
    if (this.#missing === 0) this.#finishFrame()
    return part.length
  }

  #finishFrame(): void {
    if (this.#opcode >= OPCODE.close) {
      const payload = Buffer.concat(this.#control)
      this.#control = []
      this.#listener.onControl(this.#opcode, payload)
    } else if (this.#isFinal) {
      this.#isInMessage = false
      this.#listener.onEnd()
    }
  }
}

/** A frame of a client: final, and masked as RFC 6455 demands of clients; the payload is copied. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const start = 2 + extended + 4
  // The payload begins where 32-bit words do, so that it can be masked word by word.
  const shift = (4 - (start % 4)) % 4
  const memory = Buffer.allocUnsafeSlow(shift + start + length)
  const frame = memory.subarray(shift)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) frame.writeUInt16BE(length, 2)
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  const mask = randomBytes(4)
  frame.set(mask, start - 4)
  frame.set(payload, start)
  applyMask(memory, shift + start, mask)
  return frame
}

function applyMask(memory: Buffer, start: number, mask: Buffer): void {
  const words = new Uint32Array(memory.buffer, start, (memory.length - start) >>> 2)
  const maskWord = new Uint32Array(new Uint8Array(mask).buffer)[0] ?? 0
  for (let n = 0; n < words.length; n++) words[n] = (words[n] ?? 0) ^ maskWord
  for (let at = start + words.length * 4; at < memory.length; at++)
    memory[at] = (memory[at] ?? 0) ^ (mask[(at - start) & 3] ?? 0)
}
