import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { mountsUnder, unmountUnder } from './mounts.ts'
import { removeNetworks } from './networks.ts'
import { containerProcesses, type Process, serverProcesses } from './processes.ts'
import { removeTempFolder } from './temp-folder.ts'

interface Pause {
  readonly until: () => boolean
  readonly atMost: number
}

function signalAll(list: readonly Process[], signal: NodeJS.Signals): void {
  for (const { pid } of list) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has just ended.
    }
  }
}

// A process in a frozen cgroup of the first version does not even die.
function thaw({ pid }: Process): void {
  try {
    const group = readFileSync(`/proc/${pid}/cgroup`, 'utf8').match(/^\d+:freezer:(.*)$/m)?.[1]
    if (group) writeFileSync(`/sys/fs/cgroup/freezer${group}/freezer.state`, 'THAWED')
  } catch {
    // It has just ended, or this machine has the second version only.
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

// A generator, because the same steps are taken with and without a running event loop.
function* steps(dirs: readonly string[]): Generator<Pause> {
  const isMonitor = ({ command }: Process) => command.startsWith('[lxc monitor]')
  const monitorsAreGone = () => !serverProcesses(dirs).some(isMonitor)
  const daemonsAreGone = () => serverProcesses(dirs).length === 0
  const allAreGone = () => daemonsAreGone() && containerProcesses(dirs).length === 0
  // While its daemon lives, the monitor of a container that died removes cgroups and mounts.
  killContainers(dirs)
  yield { until: monitorsAreGone, atMost: 5000 }
  // What `lxd shutdown` asks for too.
  signalAll(serverProcesses(dirs), 'SIGPWR')
  // A member of a cluster without a majority waits for one in vain.
  yield { until: daemonsAreGone, atMost: 2000 }
  killContainers(dirs)
  signalAll(serverProcesses(dirs), 'SIGKILL')
  yield { until: allAreGone, atMost: 5000 }
  dirs.forEach(removeFolder)
}

const interval = 20

/** Ends all that runs in these folders, unmounts what is mounted there, and removes them. */
export async function tearDown(dirs: readonly string[]): Promise<void> {
  for (const { until, atMost } of steps(dirs)) {
    for (let waited = 0; waited < atMost && !until(); waited += interval) await delay(interval)
  }
}

/** The same without an event loop, for a process that is ending. */
export function tearDownSync(dirs: readonly string[]): void {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (const { until, atMost } of steps(dirs)) {
    for (let waited = 0; waited < atMost && !until(); waited += interval) Atomics.wait(clock, 0, 0, interval)
  }
}
