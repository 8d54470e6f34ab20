import { clientsOf, findProgram, type Kind, serverKinds } from './server-kinds.ts'

/** A requirement of tests besides Node.js. */
export type Need = Kind | 'network' | 'curl' | 'tcp' | 'chromium'

/** A requirement of tests that this machine lacks. */
export interface MissingNeed {
  readonly title: string
  readonly reason: string
}

// Programs that build images, and that the servers configure interfaces with.
const PROGRAMS_OF_SERVERS = ['busybox', 'xz', 'ip']
const PROGRAMS: Readonly<Record<Need, readonly (string | readonly string[])[]>> = {
  lxd: [serverKinds.lxd.daemons, clientsOf(serverKinds.lxd), ...PROGRAMS_OF_SERVERS],
  incus: [serverKinds.incus.daemons, clientsOf(serverKinds.incus), ...PROGRAMS_OF_SERVERS],
  // Programs that the servers run to create a bridge.
  network: ['iptables', 'dnsmasq'],
  curl: ['curl'],
  // Programs that connect() finds in an instance.
  tcp: ['socat', 'nc.openbsd', '/usr/bin/python3'],
  chromium: ['chromium'],
}
const TITLES: Readonly<Record<Need, string>> = {
  lxd: serverKinds.lxd.title,
  incus: serverKinds.incus.title,
  network: 'network tools',
  curl: 'curl',
  tcp: 'TCP tools',
  chromium: 'Chromium',
}

/** All requirements of the tests, in the order of their installation. */
export const ALL_NEEDS = Object.keys(TITLES) as readonly Need[] // Safe cast: the table has a key for each need.

/** Those of `npm test`: without a browser of several hundred megabytes, which only the long tests have use for. */
export const NEEDS: readonly Need[] = ALL_NEEDS.filter(need => need !== 'chromium')

/** Returns why this machine lacks a requirement; `undefined` if it has it. */
export function missingReason(need: Need): string | undefined {
  return (isServer(need) ? whyNoDaemon(need) : undefined) ?? whyNoProgram(need)
}

/** Returns those of the requirements that this machine lacks. */
export function missingNeeds(needs: readonly Need[] = NEEDS): MissingNeed[] {
  return needs.flatMap(need => {
    const reason = missingReason(need)
    return reason === undefined ? [] : [{ title: TITLES[need], reason }]
  })
}

function isServer(need: Need): need is Kind {
  return need in serverKinds
}

function whyNoDaemon(kind: Kind): string | undefined {
  const { title } = serverKinds[kind]
  if (process.platform !== 'linux') return `${title} runs on Linux only`
  return process.getuid?.() === 0 ? undefined : `a private ${title} needs root`
}

function whyNoProgram(need: Need): string | undefined {
  const missing = PROGRAMS[need].map(one => [one].flat()).find(names => findProgram(names) === undefined)
  return missing && `no ${missing[0]} program found (test/daemon/install.sh ${need}, as root on Debian)`
}
