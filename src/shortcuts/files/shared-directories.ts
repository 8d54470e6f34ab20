import type { Stats } from 'node:fs'
import { OpenDirectory } from './open-directory.ts'

/** The directories of this machine that are being copied; each is open until all of its content is copied. */
export class SharedDirectories {
  readonly #open = new Set<OpenDirectory>()

  /** Opens the directory to copy, by its path. */
  async open(path: string): Promise<SharedDirectory> {
    return this.#share(await OpenDirectory.open(path))
  }

  /** Opens a directory in another one, given its stats. */
  async openIn({ opened }: SharedDirectory, name: string, stats: Stats): Promise<SharedDirectory> {
    return this.#share(await opened.openDirectory(name, stats))
  }

  /** Closes those that were not copied completely. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(opened => opened.close()))
  }

  #share(opened: OpenDirectory): SharedDirectory {
    this.#open.add(opened)
    return new SharedDirectory(opened, async () => {
      this.#open.delete(opened)
      await opened.close()
    })
  }
}

/** A directory that is shared among its entries. */
export class SharedDirectory {
  readonly opened: OpenDirectory
  /** Whether something was changed in its copy. */
  isChanged = false
  readonly #close: () => Promise<void>
  #left = 0
  #finish: () => Promise<void> = async () => {}

  constructor(opened: OpenDirectory, close: () => Promise<void>) {
    this.opened = opened
    this.#close = close
  }

  /** Closes it once so many entries are copied, and then finishes. */
  async expect(entries: number, finish?: () => Promise<void>): Promise<void> {
    if (finish !== undefined) this.#finish = finish
    this.#left = entries + 1
    await this.leave()
  }

  /** Marks an entry as copied. */
  async leave(): Promise<void> {
    this.#left -= 1
    if (this.#left > 0) return
    await this.#close()
    await this.#finish()
  }
}
