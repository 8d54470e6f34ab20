import { TRANSFER_OPTIONS, type TransferOptions, type TransferProgress } from '../transfer/options.ts'
import { ProgressCounter } from '../transfer/progress-counter.ts'

/** How a directory is copied. */
export interface DirectoryOptions extends TransferOptions {
  /**
   * Says of each path below the directory, such as `etc/hosts`, whether to copy it; of a directory, with all in it.
   *
   * The servers can't tell a pipe from a file, and wait for somebody to write to it: leave pipes out.
   */
  readonly filter?: (path: string) => boolean
}

/** What was copied. */
export interface CopiedTree {
  readonly files: number
  readonly directories: number
  readonly symlinks: number
  readonly bytes: number
}

/** The names of {@link DirectoryOptions}. */
export const DIRECTORY_OPTIONS = [...TRANSFER_OPTIONS, 'filter'] as const

/** Counts what is copied, and tells the progress of all of it together. */
export class CopyCounter {
  files = 0
  directories = 0
  symlinks = 0
  readonly #counter: ProgressCounter

  constructor(total: number | undefined, onProgress: TransferOptions['onProgress']) {
    this.#counter = new ProgressCounter({ total, onProgress })
  }

  /** An `onProgress` for one of the files. */
  forFile(): (progress: TransferProgress) => void {
    let before = 0
    return ({ bytes }) => {
      this.#counter.add(bytes - before)
      before = bytes
    }
  }

  /** Tells the end, and what there was. */
  finish(): CopiedTree {
    this.#counter.finish()
    const { files, directories, symlinks } = this
    return { files, directories, symlinks, bytes: this.#counter.bytes }
  }
}
