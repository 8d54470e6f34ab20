import type { Path } from '../../path.ts'
import { asPath, type InstancePath, itemTypeOf, type VolumePath } from '../shared/item-path.ts'

/** The path of an instance or of a custom storage volume. */
export type FilesPath = InstancePath | VolumePath

/**
 * The path of the files of an instance or a volume.
 *
 * @throws {TypeError} the path names something else
 */
export function filesAt(item: FilesPath, call: string): Path {
  itemTypeOf(item, ['instance', 'volume'], call)
  return asPath(item).path('files')
}
