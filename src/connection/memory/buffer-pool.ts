/** Memory in buffers of one size, for those who make sure that nobody looks at one any more when they give it back. */
export class BufferPool {
  readonly #size: number
  readonly #most: number
  readonly #free: Buffer[] = []

  /** Of what is given back, it keeps no more than `most`; the rest is garbage like any other. */
  constructor({ size, most }: { readonly size: number; readonly most: number }) {
    this.#size = size
    this.#most = most
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size)
  }

  giveBack(memory: ArrayBufferLike): void {
    if (this.#free.length < this.#most) this.#free.push(Buffer.from(memory))
  }
}
