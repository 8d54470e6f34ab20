import { APINotFoundException } from './exceptions.ts'
import { contextOf, pathTo } from './path.ts'
import type { APIResult } from './result.ts'

// Seconds.
const PATIENCE = 10

/**
 * Cancels the operation that a result started; one that has ended is none to cancel.
 *
 * @throws {APIException} the server can't cancel it
 */
export async function cancelOperation({ api }: APIResult, url: string): Promise<void> {
  const { client, defaults } = contextOf(api)
  // The path may have the signal that was aborted, and this has to be sent all the same.
  const root = pathTo({ client, defaults: { ...defaults, signals: undefined } }, '')
  try {
    await root.forUrl(url).delete({ timeout: PATIENCE })
  } catch (error) {
    if (!(error instanceof APINotFoundException)) throw error
  }
}
