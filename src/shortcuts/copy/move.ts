import type { Path } from '../../path.ts'
import type { ItemOf } from '../shared/item-of.ts'
import { asPath, type InstancePath, itemTypeOf, type VolumePath } from '../shared/item-path.ts'
import { withLimits, withSignal } from '../shared/limits.ts'
import { splitPath } from '../shared/resource.ts'
import type { Outcome } from '../state/present.ts'
import { rename } from '../state/rename.ts'
import { checkCopyOptions, isSameServer, type MoveOptions, projectOf, queryOf } from './options.ts'

/**
 * Makes sure that an instance or a custom volume is where the target says: under another name, in another project or
 * pool, on another member of the cluster, or on another server, where an instance keeps its identity. An instance must
 * be stopped.
 *
 * Moving to another server copies, and deletes the original once the copy is complete; the move of an instance that was
 * interrupted between the two can be retried. Nothing is changed if only the target exists.
 *
 * @throws {APINotFoundException} neither exists
 * @throws {APIException} the target is another one, or these servers can't do it
 * @example
 * await move(api.instances.web, api.with({ query: { target: 'node2' } }).instances.web)
 */
export function move<Target extends InstancePath>(
  source: InstancePath,
  target: Target,
  options?: MoveOptions,
): Promise<Outcome<ItemOf<Target>>>
export function move<Target extends VolumePath>(
  source: VolumePath,
  target: Target,
  options?: MoveOptions,
): Promise<Outcome<ItemOf<Target>>>
export async function move(
  source: InstancePath | VolumePath,
  target: InstancePath | VolumePath,
  options: MoveOptions = {},
): Promise<Outcome> {
  checkCopyOptions(options, 'move()')
  const type = itemTypeOf(source, ['instance', 'volume'], 'move()')
  itemTypeOf(target, [type], 'move()')
  const [from, to] = [asPath(source), asPath(target)]
  if (isRename(from, to)) {
    const { check, signal, timeout } = options
    return rename(from, splitPath(to).name, { check, signal, timeout })
  }
  return withLimits(from, options, 'move()', async signal => {
    const { moveItem } = await import('./move-item.ts')
    return moveItem(type, withSignal(from, signal), withSignal(to, signal), options)
  })
}

function isRename(source: Path, target: Path): boolean {
  const isSameList = String(splitPath(source).parent) === String(splitPath(target).parent)
  const isSamePlace = isSameList && projectOf(source) === projectOf(target) && isSameServer(source, target)
  return isSamePlace && queryOf(target, 'target') === undefined
}
