import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** A running process, read from `/proc`. */
export interface Process {
  readonly pid: number
  readonly command: string
  /** The root folder of the process, as a path on its file system. */
  readonly root: string
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return '' // The process has just ended, or is a kernel thread.
  }
}

function rootOf(pid: number): string {
  const lines = orEmpty(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).split('\n')
  return lines.map(line => line.split(' ')).findLast(fields => fields[4] === '/')?.[3] ?? ''
}

/** Lists the processes of this machine that have a command line, so no zombies. */
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

/** Returns when a live process started, in clock ticks; with the PID this identifies it uniquely. */
export function startTime(pid: number): string | undefined {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // Parsed after the program's name, which may contain blanks and brackets.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : fields[18]
}

/** Lists the processes in the containers of the daemons in these folders. */
export function containerProcesses(dirs: readonly string[]): Process[] {
  const names = dirs.map(dir => `/${basename(dir)}/`)
  return processes().filter(({ root }) => names.some(name => root.includes(name)))
}

// Only programs of the servers, such as `lxd-5.21`, not for example an editor of the daemon's log.
const SERVER_PROGRAM = /^(\S*\/)?(lxd[\w.-]*|lxc|incusd[\w.-]*|incus|dnsmasq|\[lxc) /

/** Lists the daemons of these folders and their helpers: container monitors, fork helpers, dnsmasq. */
export function serverProcesses(dirs: readonly string[]): Process[] {
  const isOurs = (command: string) =>
    dirs.some(dir => command.includes(`${dir}/`) || command.includes(`${dir} `))
  return processes().filter(({ command }) => SERVER_PROGRAM.test(command) && isOurs(command))
}
