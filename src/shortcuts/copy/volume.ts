import type { Path } from '../../path.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { itemTypeOf } from '../shared/item-path.ts'
import { nameOf, ownerOf, readItem, splitPath } from '../shared/resource.ts'
import { impossible } from '../shared/server-info.ts'
import { migrate } from './migrate.ts'
import { type CopyOptions, isSameServer, projectOf, queryOf } from './options.ts'

/** Copies a custom volume, or a snapshot of one. */
export async function copyVolume(
  source: Path,
  target: Path,
  options: CopyOptions,
  isThere: boolean,
): Promise<void> {
  const isSnapshot = itemTypeOf(source, ['volume', 'volume snapshot'], 'copy()') === 'volume snapshot'
  const volume = isSnapshot ? ownerOf(source) : source
  const original = await readItem(volume)
  const body = bodyOfVolume(original.metadata, target, options)
  if (!isSameServer(source, target)) {
    if (isSnapshot)
      throw impossible({ result: original }, 'A snapshot of a volume does not go to another server')
    return migrate({ source, target, body, options, isThere })
  }
  const from = {
    type: 'copy',
    name: isSnapshot ? `${nameOf(volume)}/${nameOf(source)}` : nameOf(volume),
    pool: poolOf(volume),
    project: projectOf(source),
    volume_only: options.snapshots === false,
    ...(isThere && { refresh: true }),
  }
  await splitPath(target)
    .parent.post({ ...body, source: from }, { query: { target: queryOf(target, 'target') } })
    .wait({ onProgress: options.onProgress })
}

/** The body of the POST that creates a copy of a volume. */
export function bodyOfVolume(original: Fields, target: Path, { config }: CopyOptions): Fields {
  const kept = Object.entries(fieldsOf(original.config)).filter(([key]) => !key.startsWith('volatile.'))
  return {
    name: nameOf(target),
    type: 'custom',
    content_type: original.content_type,
    description: original.description,
    config: { ...Object.fromEntries(kept), ...config },
  }
}

/** The name of the pool that a volume is in. */
export function poolOf(volume: Path): string {
  return nameOf(splitPath(splitPath(splitPath(volume).parent).parent).parent)
}
