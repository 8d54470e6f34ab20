import { objectIn, objectsIn } from '../../answer/metadata.ts'
import { MAX_TIMER_MS } from '../../common/deadline.ts'
import { isRecord } from '../../common/is-record.ts'
import { sleep } from '../../common/sleep.ts'
import type { Path } from '../../path.ts'
import type { Fields } from '../shared/fields.ts'
import { readExtensions } from '../shared/server-info.ts'
import { DiskCounters } from './disk-counters.ts'
import { type Reading, sampleOf, type UsageSample } from './sample.ts'

/** Options of `usage()`. */
export interface UsageOptions {
  /** Seconds between two readings. */
  readonly every: number
  /** Whether to read the metrics as well, for the bytes per second of the disks; the servers update them every 8 s. */
  readonly diskRates?: boolean
  /** Ends the iteration, which then throws the signal's reason. */
  readonly signal?: AbortSignal
}

const SELECTIVE = 'instances_state_selective_recursion'

/** Yields what the instances of a path have used, from reading to reading. */
export async function* measure(
  path: Path,
  isOne: boolean,
  { every, diskRates, signal }: UsageOptions,
): AsyncGenerator<UsageSample, void, undefined> {
  signal?.throwIfAborted()
  const recursion = isOne ? 1 : await listRecursion(path)
  const disks = diskRates ? new DiskCounters(path) : undefined
  let known: ReadonlyMap<string, Reading> = new Map()
  for (let due = performance.now(); ; due = await untilNext(due, every, signal)) {
    const readings = await read(path, recursion)
    const rates = await disks?.read()
    for (const [key, reading] of readings) {
      const previous = known.get(key)
      if (previous !== undefined && hasState(reading))
        yield sampleOf(previous, reading, rates?.(reading.instance))
    }
    known = keepUnread(known, readings)
  }
}

// An instance on a member of a cluster that is gone has no state; it is compared once it is there again.
function keepUnread(
  known: ReadonlyMap<string, Reading>,
  readings: ReadonlyMap<string, Reading>,
): ReadonlyMap<string, Reading> {
  const kept = [...readings].map(
    ([key, reading]) => [key, hasState(reading) ? reading : known.get(key)] as const,
  )
  return new Map(kept.filter((entry): entry is [string, Reading] => entry[1] !== undefined))
}

function hasState({ instance }: Reading): boolean {
  return isRecord(instance['state'])
}

// Snapshots and backups of many instances take long to read.
async function listRecursion(path: Path): Promise<string> {
  const extensions = await readExtensions(path)
  return extensions.has(SELECTIVE) ? '2;fields=state.disk,state.network' : '2'
}

async function read(path: Path, recursion: string | number): Promise<Map<string, Reading>> {
  const start = performance.now()
  const result = await path.get({ query: { recursion } })
  const instances: readonly Fields[] = typeof recursion === 'number' ? [objectIn(result)] : objectsIn(result)
  // The server reads its counters sometime in between.
  const at = (start + performance.now()) / 2
  const time = new Date()
  return new Map(instances.map(instance => [`${instance.project}/${instance.name}`, { at, time, instance }]))
}

// Keeps the pace, and leaves out what a slow consumer has missed.
async function untilNext(due: number, every: number, signal: AbortSignal | undefined): Promise<number> {
  const now = performance.now()
  const next = Math.max(due + every * 1000, now)
  await sleep(Math.min(next - now, MAX_TIMER_MS), signal)
  return next
}
