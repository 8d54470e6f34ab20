import type { ProtocolOption } from '../sftp/transfer.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferProgress } from '../transfer/options.ts'
import { ProgressCounter } from '../transfer/progress-counter.ts'

/** Options of copying a directory. */
export interface DirectoryOptions extends TransferOptions, ProtocolOption {
  /**
   * Returns whether to copy a path below the directory, such as `etc/hosts`; for a directory, with its content.
   *
   * Over HTTP, the servers take a pipe for a file, and wait until something is written to it: leave pipes out.
   */
  readonly filter?: (path: string) => boolean
}

/** The counts of what was copied. */
export interface CopiedTree {
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  readonly bytes: number
}

/** The names of {@link DirectoryOptions}. */
export const DIRECTORY_OPTIONS = [...TRANSFER_OPTIONS, 'filter', 'by'] as const

/** Counts what is copied, and reports the total progress. */
export class CopyCounter {
  files = 0
  directories = 0
  symlinks = 0
  readonly #counter: ProgressCounter

  constructor(total: number | undefined, onProgress: TransferOptions['onProgress']) {
    this.#counter = new ProgressCounter({ total, onProgress })
  }

  /** An `onProgress` callback for one of the files. */
  forFile(): (progress: TransferProgress) => void {
    let before = 0
    return ({ bytes }) => {
      this.#counter.add(bytes - before)
      before = bytes
    }
  }

  /** Counts bytes that were copied. */
  add(bytes: number): void {
    this.#counter.add(bytes)
  }

  /** Reports the end, and returns the counts. */
  finish(): CopiedTree {
    this.#counter.finish()
    const { files, directories, symlinks } = this
    return { files, directories, symlinks, bytes: this.#counter.bytes }
  }
}
