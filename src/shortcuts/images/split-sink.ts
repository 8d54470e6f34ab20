import { once } from 'node:events'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { BrokenForm, MultipartParser, type PartEvent, partNameOf } from './multipart-parser.ts'

/** The targets of the parts of a split image. */
export interface SplitTargets {
  readonly metadata: Writable
  readonly rootfs: Writable
  /** Called with the bytes of both. */
  readonly onBytes: (bytes: Buffer) => void
  /** Throws if the content is not as expected; the targets are then destroyed, not ended. */
  readonly verify: () => void
}

/** Splits the form of a split image, as the servers send it, into two targets, and ends both. */
export class SplitImageSink extends Writable {
  readonly #parser: MultipartParser
  readonly #targets: SplitTargets
  // In the order in which the fingerprint is computed.
  readonly #expected: Writable[]
  #target: Writable | undefined

  constructor(boundary: string, targets: SplitTargets) {
    super()
    this.#parser = new MultipartParser(boundary)
    this.#targets = targets
    this.#expected = [targets.metadata, targets.rootfs]
    for (const target of this.#expected) target.once('error', error => this.destroy(error))
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#take(chunk).then(() => callback(), callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#end().then(() => callback(), callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { metadata, rootfs } = this.#targets
    for (const target of [metadata, rootfs]) if (!target.writableFinished) target.destroy()
    callback(error)
  }

  async #take(chunk: Buffer): Promise<void> {
    for (const event of this.#parser.feed(chunk)) {
      if (!Buffer.isBuffer(event)) this.#begin(event)
      else await this.#write(event)
    }
  }

  #begin(head: Exclude<PartEvent, Buffer>): void {
    const name = partNameOf(head)
    const target = name === 'metadata' ? this.#targets.metadata : this.#targets.rootfs
    if (target !== this.#expected.shift())
      throw new BrokenForm(`The image has a part '${name}' that it should not have`)
    this.#target = target
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#targets.onBytes(bytes)
    // Safe cast: there are no bytes before a part begins.
    const target = this.#target as Writable
    if (!target.write(bytes) && !target.destroyed) await once(target, 'drain')
  }

  async #end(): Promise<void> {
    this.#parser.finish()
    if (this.#expected.length > 0) throw new BrokenForm('The image has only one of its two parts')
    const { metadata, rootfs, verify } = this.#targets
    verify()
    for (const target of [metadata, rootfs]) target.end()
    await Promise.all([finished(metadata), finished(rootfs)])
  }
}
