import { APIException, APITransferException } from '../../errors/exceptions.ts'
import { redactText } from '../../redact/redact.ts'

/**
 * The failure of the transfer of a file, which names the file: with how far it came, if the connection failed.
 *
 * The reason of an abort stays as it is.
 */
export function brokenFile(error: unknown, path: string, bytes: number, total: number | undefined): unknown {
  if (!(error instanceof APIException)) return error
  const note = `(${redactText(path)})`
  if (error.result === undefined) return new APITransferException(error, bytes, total, [note])
  return error.message.includes(path) ? error : error.withNotes(note)
}
