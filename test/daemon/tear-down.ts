import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { mountsUnder, unmountUnder } from './mounts.ts'
import { removeNetworks } from './networks.ts'
import { containerProcesses, type Process, serverProcesses } from './processes.ts'
import { removeTempFolder } from './temp-folder.ts'

interface Wait {
  readonly until: () => boolean
  readonly maxMs: number
}

function signalAll(list: readonly Process[], signal: NodeJS.Signals): void {
  for (const { pid } of list) {
    try {
      process.kill(pid, signal)
    } catch {
      // The process has just ended.
    }
  }
}

// A process in a frozen cgroup v1 can't be killed.
function thaw({ pid }: Process): void {
  try {
    const group = readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^\d+:freezer:(.*)$/m)?.[1]
    if (group) writeFileSync(`/sys/fs/cgroup/freezer${group}/freezer.state`, 'THAWED')
  } catch {
    // The process has just ended, or this machine only has cgroup v2.
  }
}

function killContainers(dirs: readonly string[]): void {
  const inside = containerProcesses(dirs)
  inside.forEach(thaw)
  signalAll(inside, 'SIGKILL')
}

function removeFolder(dir: string): void {
  unmountUnder(dir)
  removeNetworks(dir)
  const left = mountsUnder(dir)
  if (left.length > 0) throw new Error(`${dir} is not removed, as these are still mounted: ${left.join(' ')}`)
  removeTempFolder(dir)
}

// A generator, since the same steps run with and without an event loop.
function* steps(dirs: readonly string[]): Generator<Wait> {
  const isMonitor = ({ command }: Process) => command.startsWith('[lxc monitor]')
  const monitorsAreGone = () => !serverProcesses(dirs).some(isMonitor)
  const daemonsAreGone = () => serverProcesses(dirs).length === 0
  const allAreGone = () => daemonsAreGone() && containerProcesses(dirs).length === 0
  // While the daemon runs, the monitor of a killed container removes its cgroups and mounts.
  killContainers(dirs)
  yield { until: monitorsAreGone, maxMs: 5000 }
  // SIGPWR does what `lxd shutdown` does.
  signalAll(serverProcesses(dirs), 'SIGPWR')
  // A member of a cluster without a quorum would wait forever.
  yield { until: daemonsAreGone, maxMs: 2000 }
  killContainers(dirs)
  signalAll(serverProcesses(dirs), 'SIGKILL')
  yield { until: allAreGone, maxMs: 5000 }
  for (const dir of dirs) yield* removeWhenFree(dir)
}

const MAX_REMOVALS = 5

// What was just killed may have been mounting something, which then appears after the other mounts are gone.
function* removeWhenFree(dir: string): Generator<Wait> {
  for (let attempt = 1; ; attempt++) {
    try {
      removeFolder(dir)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempt === MAX_REMOVALS) throw error
      yield { until: () => false, maxMs: 200 }
    }
  }
}

const POLL_INTERVAL_MS = 20

/**
 * Ends all processes of these folders, unmounts what is mounted there, and removes them.
 *
 * @throws {Error} something can't be unmounted
 */
export async function tearDown(dirs: readonly string[]): Promise<void> {
  for (const { until, maxMs } of steps(dirs)) {
    for (let waited = 0; waited < maxMs && !until(); waited += POLL_INTERVAL_MS) await delay(POLL_INTERVAL_MS)
  }
}

/** Does the same as {@link tearDown} without an event loop, for a process that is exiting. */
export function tearDownSync(dirs: readonly string[]): void {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (const { until, maxMs } of steps(dirs)) {
    for (let waited = 0; waited < maxMs && !until(); waited += POLL_INTERVAL_MS)
      Atomics.wait(clock, 0, 0, POLL_INTERVAL_MS)
  }
}
