import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import { sleep } from '../../common/sleep.ts'
import { isMissing } from './is-missing.ts'
import type { SftpOperations } from './operations.ts'

// The caller waits for the failure meanwhile, perhaps after an abort.
const CLEANUP_TIMEOUT_MS = 700
// A server whose client disconnected may be about to create a file that it was asked for before.
const SECOND_LOOK_MS = 100

/** The incomplete files and links of a transfer, most of them beside their places. */
export class Temporaries {
  readonly #operations: SftpOperations
  readonly #reopen: () => Promise<SftpOperations>
  readonly #paths = new Set<string>()
  // Nobody else can tell it beforehand, and no two are the same.
  readonly #prefix = `.lxdapi-${randomBytes(6).toString('hex')}`
  #count = 0

  /** @param reopen opens another session, for when the first is lost */
  constructor(operations: SftpOperations, reopen: () => Promise<SftpOperations>) {
    this.#operations = operations
    this.#reopen = reopen
  }

  /** Creates what is incomplete at a temporary path, and renames it once it is complete. */
  async replace(path: string, create: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = posix.join(posix.dirname(path), `${this.#prefix}-${++this.#count}.part`)
    this.#paths.add(temporary)
    await create(temporary)
    await this.#operations.rename(temporary, path)
    this.#paths.delete(temporary)
  }

  /** Writes a file in its place, which is removed if that fails: it is open, and has lost its content. */
  async keep(path: string, write: () => Promise<void>): Promise<void> {
    this.#paths.add(path)
    await write()
    this.#paths.delete(path)
  }

  /** Removes what is incomplete, as far as the server can be reached soon. */
  async removeAll(): Promise<void> {
    if (this.#paths.size === 0) return
    const late = new AbortController()
    const removal = this.#remove().catch(() => {})
    await Promise.race([removal, sleep(CLEANUP_TIMEOUT_MS, late.signal).catch(() => {})])
    late.abort()
  }

  async #remove(): Promise<void> {
    if (!this.#operations.connection.isClosed) return this.#removeBy(this.#operations)
    const again = await this.#reopen()
    try {
      await this.#removeBy(again)
      await sleep(SECOND_LOOK_MS)
      await this.#removeBy(again)
    } finally {
      await again.connection.close()
    }
  }

  async #removeBy(operations: SftpOperations): Promise<void> {
    await Promise.all([...this.#paths].map(path => this.#removeOne(operations, path)))
  }

  async #removeOne(operations: SftpOperations, path: string): Promise<void> {
    try {
      await operations.removeFile(path)
      this.#paths.delete(path)
    } catch (error) {
      // The file itself was renamed, or not created yet.
      if (!isMissing(error)) throw error
    }
  }
}
