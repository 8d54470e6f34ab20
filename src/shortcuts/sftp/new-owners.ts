import { posix } from 'node:path'
import type { FileStat } from '../files/file-stat.ts'
import type { AttributeChange } from './attributes.ts'
import type { Handle, SftpOperations } from './operations.ts'

/** The owners that new files have by themselves, which a setgid directory decides: one request less for most files. */
export class NewOwners {
  readonly #byDirectory = new Map<string, Promise<FileStat>>()

  /** The change without the owner, if the new file has that already. */
  async withoutOwner(
    operations: SftpOperations,
    handle: Handle,
    { owner, ...rest }: AttributeChange,
  ): Promise<AttributeChange> {
    const { uid, gid } = await this.#ownerOf(operations, handle)
    return owner?.uid === uid && owner.gid === gid ? rest : { owner, ...rest }
  }

  #ownerOf(operations: SftpOperations, handle: Handle): Promise<FileStat> {
    const directory = posix.dirname(handle.path)
    const known = this.#byDirectory.get(directory) ?? operations.statHandle(handle)
    this.#byDirectory.set(directory, known)
    return known
  }
}
