import { findProgram, type Kind, serverKinds } from './server-kinds.ts'

/** What tests need of the machine besides Node. */
export type Need = Kind | 'network' | 'curl'

/** Something that tests need and this machine lacks. */
export interface MissingNeed {
  readonly title: string
  readonly reason: string
}

// What images are made with, and what the servers set up interfaces with.
const PROGRAMS_OF_SERVERS = ['busybox', 'xz', 'ip']
const PROGRAMS: Readonly<Record<Need, readonly (string | readonly string[])[]>> = {
  lxd: [serverKinds.lxd.daemons, serverKinds.lxd.client, ...PROGRAMS_OF_SERVERS],
  incus: [serverKinds.incus.daemons, serverKinds.incus.client, ...PROGRAMS_OF_SERVERS],
  // What the servers themselves run to create a bridge.
  network: ['iptables', 'dnsmasq'],
  curl: ['curl'],
}
const TITLES: Readonly<Record<Need, string>> = {
  lxd: serverKinds.lxd.title,
  incus: serverKinds.incus.title,
  network: 'network tools',
  curl: 'curl',
}

/** All that the tests need, in the order in which it is installed. */
export const NEEDS = Object.keys(TITLES) as readonly Need[] // Safe cast: the table has a key for each.

/** Why this machine lacks what tests need, or `undefined` where it has it. */
export function whyNot(need: Need): string | undefined {
  return (isServer(need) ? whyNoDaemon(need) : undefined) ?? whyNoProgram(need)
}

/** What this machine lacks of these needs. */
export function missingNeeds(needs: readonly Need[] = NEEDS): MissingNeed[] {
  return needs.flatMap(need => {
    const reason = whyNot(need)
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
