import { FINAL_STATUS, isRecord } from '../../answer/envelope.ts'
import { objectIn } from '../../answer/metadata.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { isPlainName } from './plain-name.ts'
import { isRefusal } from './retry.ts'

/**
 * Waits until all operations on what a path names have ended, well or not: the caller reads the result afterwards.
 *
 * @returns whether there were any; `false` also where the server does not list them
 */
export async function waitForOperations(path: Path): Promise<boolean> {
  const operations = path.forUrl('/1.0/operations')
  const listed = await unlessRefused(operations.get({ query: { recursion: 1 } }))
  if (listed === undefined) return false
  const running = Object.values(listed.metadata === null ? {} : objectIn(listed))
    .flat()
    .filter(isRecord)
  const related = running.filter(operation => isRelated(operation, urlOf(path)))
  await Promise.all(related.map(({ id }) => isPlainName(id) && waitForEnd(operations.path(id))))
  return related.length > 0
}

// A client that is restricted to some projects may not list operations, but may do what it was called for.
async function unlessRefused(call: Promise<APIResult>): Promise<APIResult | undefined> {
  try {
    return await call
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

// A command inside an instance may run forever, and blocks no other operation.
const IGNORED_DESCRIPTIONS: ReadonlySet<unknown> = new Set(['Executing command', 'Showing console'])

function isRelated(
  { resources, description, status_code: status }: Record<string, unknown>,
  url: string,
): boolean {
  if (IGNORED_DESCRIPTIONS.has(description) || Number(status) >= FINAL_STATUS) return false
  const urls = isRecord(resources) ? Object.values(resources).flat() : []
  return urls.map(urlOf).some(other => isWithin(url, other) || isWithin(other, url))
}

function isWithin(url: string, other: string): boolean {
  return url === other || url.startsWith(`${other}/`)
}

function urlOf(resource: unknown): string {
  const [url = ''] = String(resource).split('?')
  return url.replace(/^(\/1\.0)\/(?:containers|virtual-machines)\//, '$1/instances/')
}

async function waitForEnd(operation: Path): Promise<void> {
  try {
    await operation.get().wait()
  } catch (error) {
    // It has ended, well or not; or it is ending, which LXD 5.0 reports late, and as a 500.
    if (!isRefusal(error)) throw error
  }
}
