import { APIException } from '../../errors/exceptions.ts'
import { addAdvice } from '../../errors/hints.ts'
import type { Path } from '../../path.ts'
import type { Fields } from '../shared/fields.ts'
import { firstReachable } from '../shared/first-reachable.ts'

/** Creates an instance; an image that its source names is looked up first. */
export async function createInstance(instances: Path, body: Fields): Promise<void> {
  if (typeof body.source !== 'string') return void (await instances.post(body).wait())
  const { findImageSources } = await import('../image-source/image-source.ts')
  const sources = await findImageSources(instances, body.source)
  await firstReachable(sources, source => createFrom(source, instances, body))
}

async function createFrom(source: Fields, instances: Path, body: Fields): Promise<void> {
  try {
    await instances.post({ ...body, source }).wait()
  } catch (error) {
    throw explainMissing(error, source)
  }
}

// No API extension tells which servers do: LXD does in 5.0.9 and 6.9, Incus up to 7.3 does not.
function explainMissing(error: unknown, { server, project }: Fields): unknown {
  const isMissing = error instanceof APIException && /not found/i.test(error.error)
  if (!isMissing || server === undefined || project === undefined) return error
  return addAdvice(
    error,
    `not every server looks into a project of another one, here ${project}: copy() the image to this server first`,
  )
}

/** Rejects an instance whose image can't be found; changes nothing. */
export async function verifyInstance(instances: Path, { source }: Fields): Promise<void> {
  if (typeof source !== 'string') return
  const { findImageSources } = await import('../image-source/image-source.ts')
  await findImageSources(instances, source, { check: true })
}
