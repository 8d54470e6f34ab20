import { isRecord } from '../envelope.ts'
import { APINotFoundException, APIOperationException } from '../exceptions.ts'
import type { Path } from '../path.ts'

/** Waits until nobody works on an instance any more, whichever way that ends: how, is to be read afterwards. */
export async function settleInstance(api: Path, name: string): Promise<void> {
  const { metadata } = await api.operations.get({ query: { recursion: 1 } })
  const operations = (Object.values(metadata ?? {}) as unknown[]).flat().filter(isRecord)
  const mine = operations.filter(operation => isAbout(operation, name))
  await Promise.all(mine.map(({ id }) => outlast(api.operations.path(String(id)))))
}

function isAbout({ resources }: Record<string, unknown>, name: string): boolean {
  const urls = isRecord(resources) ? Object.values(resources).flat() : []
  return urls.some(
    url =>
      /\/(?:instances|containers|virtual-machines)\/([^/?]+)/.exec(String(url))?.[1] ===
      encodeURIComponent(name),
  )
}

async function outlast(operation: Path): Promise<void> {
  try {
    await operation.get().wait()
  } catch (error) {
    const hasEnded = error instanceof APINotFoundException || error instanceof APIOperationException
    if (!hasEnded) throw error
  }
}
