import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { itemTypeOf } from '../shared/item-path.ts'
import { nameOf, ownerOf, readItem, splitPath } from '../shared/resource.ts'
import { migrate } from './migrate.ts'
import { type CopyOptions, isSameServer, queryOf } from './options.ts'

/** Copies an instance, or a snapshot of one. */
export async function copyInstance(
  source: Path,
  target: Path,
  options: CopyOptions,
  isThere: boolean,
): Promise<void> {
  const original = await readOriginal(source)
  const body = bodyOfCopy(original, target, options, isKeptByCopy)
  if (!isSameServer(source, target)) return migrate({ source, target, body, options, isThere })
  const from = {
    type: 'copy',
    source: original.name,
    project: original.instance.metadata.project,
    instance_only: options.snapshots === false,
    ...(isThere && { refresh: true }),
  }
  await splitPath(target)
    .parent.post({ ...body, source: from }, { query: { target: queryOf(target, 'target') } })
    .wait({ onProgress: options.onProgress })
}

/** The original of a copy, and the instance that it belongs to. */
export interface Original {
  /** The name on the server: `web`, `web/clean`. */
  readonly name: string
  readonly instance: APIResult
  /** The instance, or its snapshot. */
  readonly item: APIResult
}

/** Reads an instance, or a snapshot and its instance. */
export async function readOriginal(source: Path): Promise<Original> {
  if (itemTypeOf(source, ['instance', 'instance snapshot'], 'copy()') === 'instance') {
    const instance = await readItem(source)
    return { name: nameOf(source), instance, item: instance }
  }
  const owner = ownerOf(source)
  const [instance, item] = [await readItem(owner), await readItem(source)]
  return { name: `${nameOf(owner)}/${nameOf(source)}`, instance, item }
}

/** The body of the POST that creates a copy: all fields, since servers differ in which they copy themselves. */
export function bodyOfCopy(
  { instance, item }: Original,
  target: Path,
  options: CopyOptions,
  isKept: (key: string) => boolean,
): Fields {
  const { architecture, config, devices, profiles, ephemeral } = item.metadata
  return {
    name: nameOf(target),
    architecture,
    type: instance.metadata.type,
    ephemeral,
    profiles: options.profiles ?? profiles,
    config: { ...keptConfig(config, isKept), ...options.config },
    devices: { ...fieldsOf(devices), ...options.devices },
  }
}

/** Whether a copy on another server keeps a volatile config key: only that of its image. */
export function isKeptByCopy(key: string): boolean {
  return key === 'volatile.base_image'
}

/** Whether a moved instance keeps a volatile config key: those of its identity and its addresses. */
export function isKeptByMove(key: string): boolean {
  return /^volatile\.(base_image|uuid|cloud-init\.instance-id|.+\.hwaddr)$/.test(key)
}

function keptConfig(config: unknown, isKept: (key: string) => boolean): Fields {
  const kept = Object.entries(fieldsOf(config)).filter(([key]) => !key.startsWith('volatile.') || isKept(key))
  return Object.fromEntries(kept)
}
