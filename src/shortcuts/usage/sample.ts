import { type Fields, fieldsOf } from '../shared/fields.ts'

/** What an instance has used between two readings, see {@link usage}. */
export interface UsageSample {
  readonly name: string
  readonly project: string
  /** Such as `Running`; of an instance that does not run, all numbers are 0. */
  readonly status: string
  /** When it was read, by the clock of this machine; the same for all instances of one reading. */
  readonly time: Date
  /** Seconds between the two readings, for which `cpu` and all rates are. */
  readonly seconds: number
  /** The share of one core: 1 is one core all the time, 2 are two; `undefined` where the server does not know. */
  readonly cpu: number | undefined
  readonly memory: MemoryUsage
  readonly network: NetworkUsage
  readonly disk: DiskUsage
  /** `undefined` where the server does not know. */
  readonly processes: number | undefined
}

/** The memory of an instance, in bytes. */
export interface MemoryUsage {
  readonly used: number
  /** What it may use; `undefined` where there is no limit, or LXD 5.0 has it in percent. */
  readonly limit: number | undefined
  readonly swap: number
}

/** The traffic of all of an instance's network interfaces but its loopback, in bytes per second. */
export interface NetworkUsage {
  readonly received: number
  readonly sent: number
}

/** The disks of an instance. */
export interface DiskUsage {
  /** Bytes on all its disks whose use the server knows; some storage drivers know none. */
  readonly used: number
  /** Bytes per second from all its disks; only with the option `diskRates`. */
  readonly read?: number
  /** Bytes per second to all its disks; only with the option `diskRates`. */
  readonly written?: number
}

/** The counters of an instance at a moment. */
export interface Reading {
  /** Milliseconds of the process's clock. */
  readonly at: number
  readonly time: Date
  /** With its `state`. */
  readonly instance: Fields
}

/** The bytes that were read from and written to an instance's disks, per second. */
export interface DiskRates {
  readonly read: number
  readonly written: number
}

const NANOSECONDS = 1e9
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
}
const SIZE = /^(?<number>\d+) *(?:(?<unit>[kKMGTPE])(?<binary>i)?B|B)?$/

/** What an instance has used between two readings. */
export function sampleOf(previous: Reading, { at, time, instance }: Reading, rates?: DiskRates): UsageSample {
  const [before, state] = [fieldsOf(previous.instance['state']), fieldsOf(instance['state'])]
  const seconds = (at - previous.at) / 1000
  const isRunning = Number(state['pid']) > 0
  // A new process has new counters.
  const since = before['pid'] === state['pid'] ? before : {}
  const network = isRunning ? trafficOf(since, state) : { received: 0, sent: 0 }
  return {
    name: String(instance['name']),
    project: String(instance['project'] ?? 'default'),
    status: String(instance['status']),
    time,
    seconds,
    cpu: isRunning ? cpuOf(since, state, seconds) : 0,
    memory: memoryOf(instance, fieldsOf(state['memory'])),
    network: { received: network.received / seconds, sent: network.sent / seconds },
    disk: { used: sum(Object.values(fieldsOf(state['disk'])), 'usage'), ...rates },
    processes: isRunning ? known(state['processes']) : 0,
  }
}

/** How much a counter has grown; one that is less than before has begun anew. */
export function growthOf(before: number, now: number): number {
  return now >= before ? now - before : now
}

/** The bytes that a size of the configuration means, such as `512MiB`; `undefined` for a share in percent. */
export function bytesOf(size: unknown): number | undefined {
  const { number, unit = '', binary } = SIZE.exec(String(size))?.groups ?? {}
  if (number === undefined) return undefined
  const factor = UNITS[unit.toUpperCase()] ?? 1
  return Number(number) * (binary === undefined ? factor : 1024 ** Math.round(Math.log10(factor) / 3))
}

function cpuOf(before: Fields, state: Fields, seconds: number): number | undefined {
  const now = known(fieldsOf(state['cpu'])['usage'])
  if (now === undefined) return undefined
  return growthOf(known(fieldsOf(before['cpu'])['usage']) ?? 0, now) / NANOSECONDS / seconds
}

function memoryOf({ expanded_config }: Fields, { usage, swap_usage, total }: Fields): MemoryUsage {
  return {
    used: known(usage) ?? 0,
    limit: known(total) || bytesOf(fieldsOf(expanded_config)['limits.memory']),
    swap: known(swap_usage) ?? 0,
  }
}

function trafficOf(before: Fields, state: Fields): NetworkUsage {
  const traffic = { received: 0, sent: 0 }
  for (const [name, value] of Object.entries(fieldsOf(state['network']))) {
    const { type, counters } = fieldsOf(value)
    if (type === 'loopback') continue
    const former = fieldsOf(fieldsOf(fieldsOf(before['network'])[name])['counters'])
    traffic.received += counterGrowth(former, fieldsOf(counters), 'bytes_received')
    traffic.sent += counterGrowth(former, fieldsOf(counters), 'bytes_sent')
  }
  return traffic
}

function counterGrowth(before: Fields, now: Fields, name: string): number {
  return growthOf(known(before[name]) ?? 0, known(now[name]) ?? 0)
}

function sum(values: readonly unknown[], name: string): number {
  return values.reduce((total: number, value) => total + (known(fieldsOf(value)[name]) ?? 0), 0)
}

// The servers give -1 for what they don't know.
function known(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
