import { APIException, type ExceptionDetails } from './exception.ts'

/** The details of an exception about a file. */
export interface FileExceptionDetails extends ExceptionDetails {
  readonly code: string
  readonly syscall: string
  readonly path: string
}

/**
 * An operation on a file over SFTP was refused, such as opening one that does not exist.
 *
 * Where `code` is `ENOENT` it is an `instanceof` of {@link APINotFoundException} too.
 *
 * @example
 * try { await files.mkdir('/srv/www') }
 * catch (error) { if (!(error instanceof APIFileException && error.code === 'EEXIST')) throw error }
 */
export class APIFileException extends APIException {
  /** As in Node.js: `ENOENT`, `EACCES`, `EEXIST`, …; `EIO` for what the server does not explain. */
  readonly code: string
  /** What was refused, as in Node.js: `open`, `mkdir`, … */
  readonly syscall: string
  /** The path in the instance or the volume. */
  readonly path: string
  readonly #details: FileExceptionDetails

  constructor(details: FileExceptionDetails) {
    super(details)
    this.#details = details
    this.code = details.code
    this.syscall = details.syscall
    this.path = details.path
  }

  override get name(): string {
    return 'APIFileException'
  }

  protected override copyWith(details: Partial<ExceptionDetails>): APIException {
    return new APIFileException({ ...this.#details, ...details })
  }
}
