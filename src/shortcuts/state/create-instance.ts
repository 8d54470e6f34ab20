import type { Path } from '../../path.ts'
import { findImageSources } from '../image-source/image-source.ts'
import type { Fields } from '../shared/fields.ts'
import { firstReachable } from '../shared/first-reachable.ts'

/** Creates an instance; an image that its source names is looked up first. */
export async function createInstance(instances: Path, body: Fields): Promise<void> {
  if (typeof body.source !== 'string') return void (await instances.post(body).wait())
  const sources = await findImageSources(instances, body.source)
  await firstReachable(sources, source => instances.post({ ...body, source }).wait())
}

/** Rejects an instance whose image can't be found; changes nothing. */
export async function verifyInstance(instances: Path, { source }: Fields): Promise<void> {
  if (typeof source === 'string') await findImageSources(instances, source, { check: true })
}
