import { APIFileException } from '../../errors/exceptions.ts'

/** Whether an error says that a file does not exist. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** Whether an operation on a file was refused with one of the codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof APIFileException && codes.includes(error.code)
}
