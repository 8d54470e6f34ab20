import { APIFileException } from '../../errors/exceptions.ts'
import { shorten } from '../../errors/malformed-answer.ts'
import type { APIAnswer } from '../../request/transaction.ts'
import type { Reply } from './reply.ts'

/** A request, as exceptions name it. */
export interface Operation {
  /** As in Node.js: `open`, `mkdir`, … */
  readonly name: string
  readonly path: string
}

/** What a status reply says. */
export interface Status {
  readonly code: number
  readonly words: string
}

/** The codes of status replies that are no failures. */
export const STATUS = { ok: 0, endOfFile: 1 } as const

const CODES: Readonly<Record<number, string>> = { 2: 'ENOENT', 3: 'EACCES', 8: 'ENOTSUP' }
// The servers end the message of a general failure with that of the system call.
const MESSAGES: Readonly<Record<string, string>> = {
  'no such file or directory': 'ENOENT',
  'permission denied': 'EACCES',
  'operation not permitted': 'EPERM',
  'file exists': 'EEXIST',
  'directory not empty': 'ENOTEMPTY',
  'not a directory': 'ENOTDIR',
  'is a directory': 'EISDIR',
  'no space left on device': 'ENOSPC',
  'disk quota exceeded': 'EDQUOT',
  'read-only file system': 'EROFS',
  'invalid cross-device link': 'EXDEV',
  'too many levels of symbolic links': 'ELOOP',
  'file name too long': 'ENAMETOOLONG',
  'invalid argument': 'EINVAL',
  'device or resource busy': 'EBUSY',
  'text file busy': 'ETXTBSY',
  'no such device or address': 'ENXIO',
  'too many open files': 'EMFILE',
  'too many links': 'EMLINK',
  'file too large': 'EFBIG',
  'bad file descriptor': 'EBADF',
  'operation not supported': 'ENOTSUP',
}

export function readStatus(reply: Reply): Status {
  const code = reply.uint32()
  // The protocol's first versions had no message.
  return { code, words: reply.isAtEnd ? '' : reply.text() }
}

/** The exception for a refused operation. */
export function fileException(
  answer: APIAnswer,
  { name, path }: Operation,
  { code, words }: Status,
): APIFileException {
  const known = Object.keys(MESSAGES).find(message => words.endsWith(message))
  const said = shorten(words || `SFTP status ${code}`)
  return new APIFileException({
    request: answer.request,
    result: answer,
    error: said.startsWith(`${name} ${path}: `) ? said : `${name} ${path}: ${said}`,
    code: (known === undefined ? CODES[code] : MESSAGES[known]) ?? 'EIO',
    syscall: name,
    path,
  })
}
