/**
 * Reads the fields of a reply one after the other.
 *
 * @throws {Error} the reply ends within a field
 */
export class Reply {
  readonly type: number
  /** The id of the request; of a version reply, the version. */
  readonly id: number
  readonly #packet: Buffer
  #at = 5

  constructor(packet: Buffer) {
    this.#packet = packet
    this.type = packet.readUInt8(0)
    this.id = packet.readUInt32BE(1)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#packet.length
  }

  uint32(): number {
    const value = this.#packet.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  uint64(): bigint {
    const value = this.#packet.readBigUInt64BE(this.#at)
    this.#at += 8
    return value
  }

  /** A part of the packet, not a copy. */
  bytes(): Buffer {
    const length = this.uint32()
    const end = this.#at + length
    if (end > this.#packet.length) throw new Error(`The server announced a field of ${length} bytes`)
    const bytes = this.#packet.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  text(): string {
    return this.bytes().toString()
  }
}
