import { APIException, APITransferException } from '../../errors/exceptions.ts'
import { redactText } from '../../redact/redact.ts'

/** The failure of the transfer of a file: with how far it came, if the connection failed. */
export function brokenFile(error: unknown, path: string, bytes: number, total: number | undefined): unknown {
  const isBroken = error instanceof APIException && error.result === undefined
  return isBroken ? new APITransferException(error, bytes, total, [`(${redactText(path)})`]) : error
}
