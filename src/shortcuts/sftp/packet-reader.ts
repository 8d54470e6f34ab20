// In bytes; the longest are lists of 128 names. A server must not make this process wait for a packet without end.
const MAX_PACKET_LENGTH = 256 * 1024
const LENGTH_SIZE = 4
const MIN_PACKET_LENGTH = 5

/**
 * Splits a stream of bytes into packets. A packet that lies in one chunk is a part of that chunk, not a copy.
 *
 * @throws {Error} a packet is longer or shorter than any can be
 */
export class PacketReader {
  readonly #onPacket: (packet: Buffer) => void
  /** The begin of a packet whose end has not arrived. */
  #parts: Buffer[] = []
  #bytes = 0
  /** How many bytes it has; until its length is known, the size of that. */
  #needed = LENGTH_SIZE

  /** @param onPacket called with each packet, without its length */
  constructor(onPacket: (packet: Buffer) => void) {
    this.#onPacket = onPacket
  }

  /** Takes the next bytes of the stream. */
  read(chunk: Buffer): void {
    let rest = chunk
    while (this.#bytes > 0 && rest.length > 0) rest = this.#complete(rest)
    while (rest.length >= LENGTH_SIZE) {
      const end = LENGTH_SIZE + lengthAt(rest)
      if (end > rest.length) break
      this.#onPacket(rest.subarray(LENGTH_SIZE, end))
      rest = rest.subarray(end)
    }
    if (rest.length > 0) this.#keep(rest)
  }

  /** Takes what the incomplete packet lacks, and returns the rest. */
  #complete(bytes: Buffer): Buffer {
    const missing = this.#needed - this.#bytes
    this.#keep(bytes.subarray(0, missing))
    if (this.#bytes < this.#needed) return bytes.subarray(bytes.length)
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#bytes = 0
    // A copy, which may be kept as a part again.
    if (this.#needed === LENGTH_SIZE) this.#keep(whole)
    else this.#onPacket(whole.subarray(LENGTH_SIZE))
    return bytes.subarray(missing)
  }

  #keep(part: Buffer): void {
    this.#parts.push(part)
    this.#bytes += part.length
    this.#needed = LENGTH_SIZE
    const [first] = this.#parts
    if (first !== undefined && first.length >= LENGTH_SIZE) this.#needed += lengthAt(first)
  }
}

function lengthAt(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0)
  if (length >= MIN_PACKET_LENGTH && length <= MAX_PACKET_LENGTH) return length
  throw new Error(`The server announced a packet of ${length} bytes`)
}
