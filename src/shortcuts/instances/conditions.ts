import { isRecord } from '../../answer/envelope.ts'
import { numberIn, objectIn } from '../../answer/metadata.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { readStat } from '../files/http-stat.ts'
import { fieldsOf } from '../shared/fields.ts'
import { checkPort, portInHex } from '../shared/port.ts'
import { readItem } from '../shared/resource.ts'
import { impossible } from '../shared/server-info.ts'
import { waitForCloudInit } from './cloud-init.ts'
import { isMissingProgram, isNotReady } from './refusals.ts'

/** A condition of `waitFor()`: one of these. */
export type InstanceCondition =
  | { readonly status: string }
  /** A global address: neither loopback nor link-local. */
  | { readonly address: 'inet' | 'inet6' | true }
  /** The path of a file, a directory or a symlink in a running instance. */
  | { readonly file: string }
  /** A command that exits with 0; no shell is involved. */
  | { readonly command: readonly string[] }
  /** The number of a TCP port on which something in the instance listens, at any of its addresses. */
  | { readonly port: number }
  /** The agent of a virtual machine answers, so that commands and files work. */
  | { readonly agent: true }
  /** Cloud-init has ended without an error. */
  | { readonly cloudInit: true }

/** The result of one probe. */
export interface ProbeResult {
  readonly result: APIResult
  /** What was found if the condition is met. */
  readonly found?: unknown
  /** The refusal of a command. */
  readonly error?: unknown
  /** Whether an event tells when it is worth to probe again. */
  readonly isAnnounced?: boolean
}

/** Looks once whether an instance meets a condition. */
export type Probe = (instance: Path) => Promise<ProbeResult>

const NAMES = ['status', 'address', 'file', 'command', 'port', 'agent', 'cloudInit']
// A state of LXD: running, and the guest has said that it is ready.
const RUNNING: ReadonlySet<unknown> = new Set(['Running', 'Ready'])

/**
 * The probe of a condition.
 *
 * @throws {TypeError} it is not one condition, or an invalid one
 */
export function probeFor(condition: InstanceCondition): Probe {
  const [name, ...others] = Object.keys(condition)
  if (name === undefined || others.length > 0 || !NAMES.includes(name))
    throw new TypeError(`waitFor(): give one of ${NAMES.join(', ')}`)
  if ('status' in condition) return instance => probeStatus(instance, condition.status)
  if ('address' in condition) return instance => probeAddresses(instance, condition.address)
  if ('file' in condition) return instance => probeFile(instance, condition.file)
  if ('command' in condition) return instance => probeCommand(instance, condition.command)
  if ('port' in condition) return probePort(condition.port)
  if (Object.values(condition)[0] !== true) throw new TypeError(`waitFor(): ${name} must be true`)
  return 'agent' in condition ? probeAgent : probeCloudInit
}

async function probeStatus(instance: Path, status: string): Promise<ProbeResult> {
  const result = await readItem(instance)
  return { result, found: result.metadata.status === status && result, isAnnounced: true }
}

// The start of an instance is announced.
async function probeRunning(instance: Path): Promise<ProbeResult> {
  const result = await readItem(instance)
  return { result, found: RUNNING.has(result.metadata.status) && result, isAnnounced: true }
}

async function probeAddresses(instance: Path, family: 'inet' | 'inet6' | true): Promise<ProbeResult> {
  const result = await instance.state.get()
  const { network, status } = objectIn(result)
  const addresses = Object.values(fieldsOf(network))
    .flatMap(one => fieldsOf(one).addresses)
    .filter(isRecord)
  const found = addresses.find(
    one =>
      one.scope === 'global' && (family === true || one.family === family) && typeof one.address === 'string',
  )
  return { result, found: found?.address, isAnnounced: !RUNNING.has(status) }
}

// Incus 6.0 can't start an instance whose files were read before.
async function probeFile(instance: Path, path: string): Promise<ProbeResult> {
  const running = await probeRunning(instance)
  if (!running.found) return running
  try {
    const result = await instance.files.head({ query: { path } })
    return { result, found: readStat(result) && result }
  } catch (error) {
    if (!isNotReady(error)) throw error
    // Safe cast: refusals have a result.
    return { result: error.result as APIResult }
  }
}

async function probeCommand(instance: Path, command: readonly string[]): Promise<ProbeResult> {
  try {
    const result = await run(instance, command)
    return { result, found: result.metadata?.metadata?.return === 0 && result }
  } catch (error) {
    if (!isNotReady(error)) throw error
    const running = await probeRunning(instance)
    // Safe cast: refusals have a result.
    return { result: error.result as APIResult, error, isAnnounced: !running.found }
  }
}

/**
 * Reads the kernel's tables of sockets by one command: `/files` answers with nothing for what is in `/proc`, since its
 * files have no size. `grep` tells by its exit status what it found, which takes two requests and no websocket.
 */
function probePort(port: number): Probe {
  checkPort('waitFor(): port', port)
  // The local address, the remote one, the state: 0A is LISTEN.
  const listening = `^ *[0-9]+: [0-9A-F]+:${portInHex(port)} [0-9A-F]+:0000 0A `
  const command = ['grep', '-qsE', listening, '/proc/net/tcp', '/proc/net/tcp6']
  return async instance => {
    const probed = await probeCommand(instance, command)
    if (!isMissingProgram(probed.error)) return probed
    throw impossible(probed, 'It has no grep, by which a port is looked up: wait for a command instead')
  }
}

async function probeAgent(instance: Path): Promise<ProbeResult> {
  const running = await probeRunning(instance)
  if (running.result.metadata.type !== 'virtual-machine')
    throw impossible(running, 'It is no virtual machine, and has no agent: wait for its status instead')
  if (!running.found) return running
  const result = await instance.state.get()
  // Without the agent nobody counts the processes: then it is -1.
  return { result, found: numberIn(result, 'processes') >= 0 && result }
}

async function probeCloudInit(instance: Path): Promise<ProbeResult> {
  const running = await probeRunning(instance)
  if (!running.found) return running
  return { result: running.result, found: await waitForCloudInit(instance, running.result) }
}

function run(instance: Path, command: readonly string[]): Promise<APIResult> {
  return instance.exec.post({ command, 'wait-for-websocket': false, interactive: false }).wait()
}
