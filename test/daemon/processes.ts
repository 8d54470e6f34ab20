import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** One running process, as `/proc` shows it. */
export interface Process {
  readonly pid: number
  readonly command: string
  /** The folder that is the process's `/`, on its own file system. */
  readonly root: string
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return '' // It ended while we looked, or it is the kernel's.
  }
}

function rootOf(pid: number): string {
  const lines = orEmpty(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).split('\n')
  return lines.map(line => line.split(' ')).findLast(fields => fields[4] === '/')?.[3] ?? ''
}

/** Every process of this machine that has a command line; a zombie has none. */
export function processes(): Process[] {
  const ours = orEmpty(() => readlinkSync('/proc/self/ns/mnt'))
  const found: Process[] = []
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const command = orEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    if (command === '') continue
    const foreign = orEmpty(() => readlinkSync(`/proc/${pid}/ns/mnt`)) !== ours
    found.push({ pid, command, root: foreign ? rootOf(pid) : '/' })
  }
  return found
}

/** When a live process started, in clock ticks: with its number it names the process for good. */
export function startTime(pid: number): string | undefined {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // Counted from after the program's name, which itself may hold blanks and brackets.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : fields[18]
}

/** The processes inside the containers of the daemons in these folders. */
export function containerProcesses(dirs: readonly string[]): Process[] {
  const names = dirs.map(dir => `/${basename(dir)}/`)
  return processes().filter(({ root }) => names.some(name => root.includes(name)))
}

// Only the servers' own programs: an editor that has the daemon's log open is none of our business.
const serverProgram = /^(\S*\/)?(lxd|lxc|incusd|incus|dnsmasq|\[lxc) /

/** The daemons of these folders and their helpers: container monitors, fork helpers, dnsmasq. */
export function serverProcesses(dirs: readonly string[]): Process[] {
  const isOurs = (command: string) =>
    dirs.some(dir => command.includes(`${dir}/`) || command.includes(`${dir} `))
  return processes().filter(({ command }) => serverProgram.test(command) && isOurs(command))
}
