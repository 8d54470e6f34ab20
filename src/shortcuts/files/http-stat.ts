import type { IncomingHttpHeaders } from 'node:http'
import { APIException, APINotFoundException, APITimeoutException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { ApiPath, Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { readItem, splitPath } from '../shared/resource.ts'
import type { FileStat, FileType } from './file-stat.ts'

// The size of a pipe without a writer is never answered.
const SIZE_TIMEOUT_SECONDS = 5

/** The stat of a path by `HEAD`, which may lack the size; `undefined` if the path or the instance does not exist. */
export async function statIfPresent(files: ApiPath, path: string): Promise<FileStat | undefined> {
  try {
    return readStat(await files.head({ query: { path } }))
  } catch (error) {
    if (error instanceof APINotFoundException) return undefined
    throw error
  }
}

/**
 * The stat of a file in the headers of an answer.
 *
 * @throws {MalformedAnswer} there is none
 */
export function readStat(result: APIResult): FileStat {
  const { headers } = result.response
  const text = (name: string): string => String(headers[`x-lxd-${name}`] ?? '')
  const [mode, uid, gid] = [text('mode') || '0644', text('uid') || '0', text('gid') || '0']
  if (text('type') === '' || !/^[0-7]+$/.test(mode) || !isId(uid) || !isId(gid)) {
    result.body?.destroy()
    throw malformed(result, 'The answer is not of a file', result.body && 'with a body')
  }
  // Safe cast except for future servers: there are no other types.
  const type = text('type') as FileType
  const size = type === 'file' ? headers['content-length'] : undefined
  return {
    type,
    mode: Number.parseInt(mode, 8) & 0o777,
    uid: Number(uid),
    gid: Number(gid),
    modified: parseTime(text('modified')),
    ...(size !== undefined && { size: Number(size) }),
  }
}

// An id that is not mapped in the instance is -1.
function isId(text: string): boolean {
  return /^-?\d{1,10}$/.test(text)
}

/** The exception for a path of the wrong type. */
export function wrongType(result: APIResult, path: string, words: string): APIException {
  result.body?.destroy()
  const { type } = readStat(result)
  return new APIException({ request: result.request, result, error: `${path} is a ${type}: ${words}` })
}

/** The stat of a path over HTTP with its size, if the server tells one soon; `undefined` if it does not exist. */
export async function statWithSize(files: Path, path: string): Promise<FileStat | undefined> {
  const stat = await statIfPresent(files, path)
  // The 404 of a HEAD has no message that says which of the two is missing.
  if (stat === undefined) await readItem(splitPath(files).parent)
  return stat?.type === 'file' && stat.size === undefined
    ? { ...stat, size: await readSize(files, path) }
    : stat
}

// LXD 5.0 sends no length in the answer to a HEAD.
async function readSize(files: ApiPath, path: string): Promise<number | undefined> {
  const range = { query: { path }, headers: { Range: 'bytes=0-0' }, timeout: SIZE_TIMEOUT_SECONDS }
  try {
    const { body, response } = await files.get(range)
    body?.destroy()
    return sizeIn(response.headers)
  } catch (error) {
    if (error instanceof APITimeoutException) return undefined
    // An empty file has no first byte.
    if (error instanceof APIException && error.statusCode === 416)
      return sizeIn(error.result?.response.headers)
    throw error
  }
}

function sizeIn(headers: IncomingHttpHeaders = {}): number | undefined {
  const size = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? headers['content-length']
  return size === undefined ? undefined : Number(size)
}

// As Go writes it: `2026-11-23 09:07:59 +0000 UTC`.
function parseTime(text: string): Date {
  const [, day, time, hours, minutes] = /^(\S+) (\S+) ([+-]\d\d)(\d\d)/.exec(text) ?? []
  return new Date(`${day}T${time}${hours}:${minutes}`)
}
