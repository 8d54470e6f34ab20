import { randomBytes } from 'node:crypto'

/** The opcodes of RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Receives the content of a websocket's frames. */
export interface FrameListener {
  /** A message begins. */
  readonly onBegin: (isText: boolean) => void
  /** A chunk of the message as it arrived, neither copied nor joined. */
  readonly onPart: (part: Buffer) => void
  /** The message is complete. */
  readonly onEnd: () => void
  /** A close, ping or pong frame. */
  readonly onControl: (opcode: number, payload: Buffer) => void
}

/** The server violated RFC 6455; `closeCode` is the code to close the websocket with. */
export class WebSocketProtocolError extends Error {
  readonly closeCode: number

  constructor(message: string, closeCode = 1002) {
    super(`The server does not follow the WebSocket protocol: ${message}`)
    this.closeCode = closeCode
  }
}

// With an 8-byte length; frames of a server have no mask.
const MAX_HEADER_LENGTH = 10
const MAX_CONTROL_LENGTH = 125
// The values of the length field that say how many bytes of length follow.
const EXTENDED_LENGTH: Readonly<Record<number, number>> = { 126: 2, 127: 8 }

/** Parses the frames that a server sends, however they are split into chunks. */
export class FrameReader {
  readonly #listener: FrameListener
  readonly #header = Buffer.alloc(MAX_HEADER_LENGTH)
  #headerLength = 0
  /** Bytes of the payload that have not arrived. */
  #remainingBytes = 0
  #opcode: number = OPCODE.continuation
  #isFinal = true
  #isInMessage = false
  #control: Buffer[] = []

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /**
   * Parses the next bytes of the connection.
   *
   * @throws {WebSocketProtocolError} a frame violates RFC 6455
   */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#remainingBytes === 0) at += this.#readHeader(chunk, at)
      else at += this.#readPayload(chunk, at)
    }
  }

  // Byte by byte: headers are short, and may be split anywhere.
  #readHeader(chunk: Buffer, start: number): number {
    let at = start
    while (at < chunk.length) {
      this.#header[this.#headerLength++] = chunk[at++] ?? 0
      if (this.#headerLength < 2) continue
      const size = (this.#header[1] ?? 0) & 0x7f
      if (this.#headerLength < 2 + (EXTENDED_LENGTH[size] ?? 0)) continue
      this.#headerLength = 0
      this.#begin(this.#lengthOf(size))
      break
    }
    return at - start
  }

  #begin(length: number): void {
    const [first = 0, second = 0] = this.#header
    this.#isFinal = (first & 0x80) !== 0
    this.#opcode = first & 0xf
    if ((first & 0x70) !== 0) throw new WebSocketProtocolError('a reserved bit is set')
    if ((second & 0x80) !== 0) throw new WebSocketProtocolError('a frame is masked')
    this.#remainingBytes = length
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
    if (size === 126) return this.#header.readUInt16BE(2)
    const length = this.#header.readBigUInt64BE(2)
    if (length > Number.MAX_SAFE_INTEGER) throw new WebSocketProtocolError('a frame is too long', 1009)
    return Number(length)
  }

  #readPayload(chunk: Buffer, at: number): number {
    const part = chunk.subarray(at, at + this.#remainingBytes)
    this.#remainingBytes -= part.length
    if (this.#opcode >= OPCODE.close) this.#control.push(part)
    else this.#listener.onPart(part)
    if (this.#remainingBytes === 0) this.#finishFrame()
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

/** Encodes a final frame, masked as RFC 6455 requires of clients; the payload is copied. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const start = 2 + extended + 4
  // Aligns the payload to 32 bits, so that it can be masked word by word.
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
