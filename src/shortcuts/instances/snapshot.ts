import { type ApiRoot, readItem, versionOf } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type PresentOptions, present } from '../state/present.ts'

/** What a snapshot should be like. */
export interface SnapshotConfig {
  /** When the server is to delete it. */
  readonly expires_at?: string | Date
  /** With the state of what runs; only a new one can be given this. */
  readonly stateful?: boolean
}

/**
 * Makes sure that an instance has a snapshot of that name.
 *
 * @returns whether anything had to be changed
 * @example
 * await instanceSnapshot(api, 'web', 'before-upgrade', { expires_at: new Date(Date.now() + 7 * 86_400_000) })
 */
export async function instanceSnapshot(
  api: ApiRoot,
  name: string,
  snapshot: string,
  config: SnapshotConfig = {},
  options: Pick<PresentOptions, 'check'> = {},
): Promise<boolean> {
  const path = versionOf(api).instances.path(name, 'snapshots', snapshot)
  return (await present(path, config, options)).changed
}

/**
 * Makes an instance what it was when the snapshot was taken.
 *
 * @returns `true`: what has happened in it since, no server tells
 * @throws {APIException} there is no such instance, or no such snapshot
 */
export async function instanceRestore(
  api: ApiRoot,
  name: string,
  snapshot: string,
  { check, stateful }: Pick<PresentOptions, 'check'> & Pick<SnapshotConfig, 'stateful'> = {},
): Promise<boolean> {
  const path = versionOf(api).instances.path(name)
  const next = (): Step => ({
    difference: [{ path: ['restore'], from: undefined, to: snapshot }],
    isLast: true,
    run: () => path.put({ restore: snapshot, stateful }).wait(),
  })
  await converge({ path, read: () => readItem(path), next }, check)
  return true
}
