/** Is told what the frames of a websocket hold. */
export interface FrameListener {
  /** A piece of a binary message, as it came in: neither copied nor put together. */
  readonly onData: (piece: Buffer) => void
  /** A text message has begun. */
  readonly onText: () => void
  /** The server says goodbye. */
  readonly onClose: () => void
}

const CONTINUATION = 0
const TEXT = 1
const BINARY = 2
const CLOSE = 8
// With a length of 8 bytes; the frames of a server have no mask.
const LONGEST_HEAD = 10
// What the length says where the length is in the 2 or the 8 bytes after it.
const LENGTH_OF_LENGTH: Readonly<Record<number, number>> = { 126: 2, 127: 8 }

/** Reads the frames that a server sends, for who wants much data and nothing else; pings and pongs are passed over. */
export class FrameReader {
  readonly #listener: FrameListener
  readonly #head = Buffer.alloc(LONGEST_HEAD)
  #headLength = 0
  #left = 0
  #opcode = CONTINUATION
  #message = CONTINUATION

  constructor(listener: FrameListener) {
    this.#listener = listener
  }

  /** Takes the next bytes of the connection. */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) at += this.#readHead(chunk, at)
      else at += this.#readPayload(chunk, at)
    }
  }

  // A byte at a time: heads are short, and may come in pieces.
  #readHead(chunk: Buffer, start: number): number {
    let at = start
    while (at < chunk.length) {
      this.#head[this.#headLength++] = chunk[at++] ?? 0
      if (this.#headLength < 2) continue
      const size = (this.#head[1] ?? 0) & 0x7f
      if (this.#headLength < 2 + (LENGTH_OF_LENGTH[size] ?? 0)) continue
      this.#begin(size)
      break
    }
    return at - start
  }

  #begin(size: number): void {
    this.#headLength = 0
    this.#left = this.#lengthOf(size)
    this.#opcode = (this.#head[0] ?? 0) & 0xf
    if (this.#opcode === TEXT || this.#opcode === BINARY) this.#message = this.#opcode
    if (this.#opcode === TEXT) this.#listener.onText()
    if (this.#opcode === CLOSE) this.#listener.onClose()
  }

  #lengthOf(size: number): number {
    if (size < 126) return size
    return size === 126 ? this.#head.readUInt16BE(2) : Number(this.#head.readBigUInt64BE(2))
  }

  #readPayload(chunk: Buffer, at: number): number {
    const length = Math.min(this.#left, chunk.length - at)
    this.#left -= length
    const isData = this.#opcode === BINARY || (this.#opcode === CONTINUATION && this.#message === BINARY)
    if (isData) this.#listener.onData(chunk.subarray(at, at + length))
    return length
  }
}
