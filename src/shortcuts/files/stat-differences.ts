import { type AttributeChange, toSeconds } from '../sftp/attributes.ts'
import type { Difference } from '../state/difference.ts'
import type { FileStat } from './file-stat.ts'

/** The attributes of a copy that are compared. */
export type ComparedAttribute = 'mode' | 'uid' | 'gid' | 'modified'

// LXD 5.0 drops setuid, setgid and sticky, which would never be equal.
const PERMISSION_BITS = 0o777

/** How the attributes of a copy differ from those that it should have. */
export function attributeDifferences(
  path: string,
  existing: FileStat,
  { mode, owner, times }: Required<Omit<AttributeChange, 'size'>>,
): Difference[] {
  const wanted: Readonly<Record<ComparedAttribute, number>> = {
    mode: mode & PERMISSION_BITS,
    uid: owner.uid,
    gid: owner.gid,
    modified: toSeconds(times.modified),
  }
  const found: typeof wanted = {
    mode: existing.mode & PERMISSION_BITS,
    uid: existing.uid,
    gid: existing.gid,
    modified: toSeconds(existing.modified),
  }
  // Safe cast: these are the names of the attributes.
  return (Object.keys(wanted) as ComparedAttribute[])
    .filter(name => wanted[name] !== found[name])
    .map(name => ({ path: [path, name], from: show(name, found[name]), to: show(name, wanted[name]) }))
}

/** The difference between the times at which files were modified, if there is one. */
export function modifiedDifference(
  path: string,
  existing: FileStat,
  attributes: Required<Omit<AttributeChange, 'size'>>,
): Difference | undefined {
  return attributeDifferences(path, existing, attributes).find(one => one.path[1] === 'modified')
}

function show(name: ComparedAttribute, value: number): unknown {
  if (name === 'mode') return `0${value.toString(8)}`
  return name === 'modified' ? new Date(value * 1000) : value
}
