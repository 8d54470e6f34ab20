import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../envelope.ts'
import type { APIException } from '../exceptions.ts'
import type { ApiPath } from '../path.ts'
import type { APIResult } from '../result.ts'
import { giveTime, isBusy, isRefusal, MOST_TRIES } from './refusal.ts'

/** A resource's fields by name, as they are asked for or as a server has them. */
export type Fields = Readonly<Record<string, unknown>>

/** How a resource is written: most take the difference, some only the whole. */
export type Write = 'patch' | 'put'

/**
 * Brings what a path names to the fields that are asked for, and leaves all others alone.
 *
 * It writes with `If-Match`. A write that fails is tried again where somebody else has changed the resource
 * meanwhile, on what they made of it. Returns whether anything had to be changed.
 */
export async function converge(path: ApiPath, asked: Fields, write: Write = 'patch'): Promise<boolean> {
  let refused: { readonly error: APIException; readonly etag: string | undefined } | undefined
  for (let tries = 1; ; tries++) {
    const current = await path.get()
    if (refused !== undefined && refused.etag === current.etag && !isBusy(refused.error)) throw refused.error
    const change = differenceOf(asked, current.metadata)
    if (change === undefined) return false
    const error = await writeChange(path, change, current, write)
    if (error === undefined) return true
    if (tries === MOST_TRIES) throw error
    if (isBusy(error)) await giveTime(tries)
    refused = { error, etag: current.etag }
  }
}

/** Resolves with the server's refusal, if it refuses. */
async function writeChange(
  path: ApiPath,
  change: Fields,
  { metadata, etag }: APIResult,
  write: Write,
): Promise<APIException | undefined> {
  const body = write === 'put' ? { ...metadata, ...change } : change
  try {
    await path[write](body, { headers: { 'If-Match': etag } }).wait()
    return undefined
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
}

/** The part of `asked` that differs from `present`, as a body for PATCH; `undefined` where nothing does. */
export function differenceOf(asked: Fields, present: Fields): Fields | undefined {
  const changed = Object.entries(asked).filter(
    ([key, value]) => value !== undefined && !isMet(key, value, present[key]),
  )
  if (changed.length === 0) return undefined
  return Object.fromEntries(changed.map(([key, value]) => [key, changeOf(key, value, present[key])]))
}

/** The fields with the values of `config` and `devices` as the servers store them: as text. */
export function asStored(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, isRecord(value) ? textOf(key, value) : value]),
  )
}

function textOf(key: string, value: Fields): Fields {
  if (key === 'devices')
    return mapValues(value, device => (isRecord(device) ? mapValues(device, toText) : device))
  return key === 'config' ? mapValues(value, toText) : value
}

function toText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function mapValues(fields: Fields, change: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))
}

function isMet(key: string, asked: unknown, present: unknown): boolean {
  if (!isRecord(asked)) return isDeepStrictEqual(asked, present)
  const fields = isRecord(present) ? present : {}
  return Object.entries(asked).every(([name, value]) =>
    // An empty config value is one that is not set.
    key === 'config' ? (value ?? '') === (fields[name] ?? '') : isMet(name, value, fields[name]),
  )
}

// A PATCH merges maps by name but not within: a device is replaced whole, so it goes with all that it has.
function changeOf(key: string, asked: unknown, present: unknown): unknown {
  if (!isRecord(asked)) return asked
  const fields = isRecord(present) ? present : {}
  const names = Object.keys(asked).filter(name => !isMet(key, { [name]: asked[name] }, present))
  return Object.fromEntries(names.map(name => [name, mergeDeep(asked[name], fields[name])]))
}

function mergeDeep(asked: unknown, present: unknown): unknown {
  return isRecord(asked) && isRecord(present) ? { ...present, ...asked } : asked
}
