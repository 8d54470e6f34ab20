/** A pool of buffers of one size. The caller guarantees that a released buffer is no longer used. */
export class BufferPool {
  readonly #size: number
  readonly #maxFree: number
  readonly #free: Buffer[] = []

  /** Keeps at most `maxFree` released buffers of `size` bytes; the rest is left to garbage collection. */
  constructor({ size, maxFree }: { readonly size: number; readonly maxFree: number }) {
    this.#size = size
    this.#maxFree = maxFree
  }

  acquire(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size)
  }

  release(memory: ArrayBufferLike): void {
    if (this.#free.length < this.#maxFree) this.#free.push(Buffer.from(memory))
  }
}
