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
  #chunks: Buffer[] = []
  #bytes = 0
  /** How many bytes the first incomplete packet takes; until its length is known, the size of that. */
  #needed = LENGTH_SIZE

  /** @param onPacket called with each packet, without its length */
  constructor(onPacket: (packet: Buffer) => void) {
    this.#onPacket = onPacket
  }

  /** Takes the next bytes of the stream. */
  read(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#needed) return
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const rest = bytes.subarray(this.#readPackets(bytes))
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#bytes = rest.length
  }

  /** Returns where the first incomplete packet begins. */
  #readPackets(bytes: Buffer): number {
    let start = 0
    for (;;) {
      this.#needed = LENGTH_SIZE
      if (bytes.length - start < LENGTH_SIZE) return start
      const length = bytes.readUInt32BE(start)
      if (length < MIN_PACKET_LENGTH || length > MAX_PACKET_LENGTH)
        throw new Error(`The server announced a packet of ${length} bytes`)
      this.#needed = LENGTH_SIZE + length
      const end = start + this.#needed
      if (end > bytes.length) return start
      this.#onPacket(bytes.subarray(start + LENGTH_SIZE, end))
      start = end
    }
  }
}
