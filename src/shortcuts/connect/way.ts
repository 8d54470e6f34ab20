import type { Client } from '../../client/client.ts'
import { APIException, APIOperationException } from '../../errors/exceptions.ts'
import { contextOf, type Path } from '../../path.ts'
import { exec } from '../exec/exec.ts'
import { ConcurrencyLimit } from '../shared/concurrency.ts'
import { requestOf } from '../shared/request-of.ts'
import { readExtensions } from '../shared/server-info.ts'
import { type Command, commandNamed, FIND_COMMAND, PROGRAMS } from './commands.ts'

/** How an instance is connected to: by the server's `port-forward`, or by a command in the instance. */
export type Way = 'port-forward' | Command

/** The way to one instance. */
interface Entry {
  // While one caller looks it up, the others wait for that.
  readonly turn: ConcurrencyLimit
  way?: Way | undefined
}

const entries = new WeakMap<Client, Map<string, Entry>>()

/** Whether the way to an instance is known already. */
export function isWayKnown(instance: Path): boolean {
  return entryOf(instance).way !== undefined
}

/**
 * The way to connect to an instance, which is looked up once.
 *
 * @throws {APIException} there is none
 */
export async function findWay(instance: Path, signal: AbortSignal | undefined): Promise<Way> {
  const entry = entryOf(instance)
  return entry.turn.run(async () => {
    entry.way ??= await lookUp(instance, signal)
    return entry.way
  }, signal && [signal])
}

/** Looks it up again the next time. */
export function forgetWay(instance: Path): void {
  entryOf(instance).way = undefined
}

function entryOf(instance: Path): Entry {
  const { client } = contextOf(instance)
  const ofClient = entries.get(client) ?? new Map<string, Entry>()
  entries.set(client, ofClient)
  // With its query, which names the project.
  const key = requestOf(instance, 'GET').path
  const entry = ofClient.get(key) ?? { turn: new ConcurrencyLimit(1) }
  ofClient.set(key, entry)
  return entry
}

async function lookUp(instance: Path, signal: AbortSignal | undefined): Promise<Way> {
  const extensions = await readExtensions(instance, signal)
  if (extensions.has('instance_port_forward')) return 'port-forward'
  const name = await findCommand(instance, signal)
  const command = name === undefined ? undefined : commandNamed(name)
  if (command !== undefined) return command
  const lack =
    name === undefined ? 'no sh, which finds the program to connect with' : 'no program to connect with'
  const error = `The server has no port-forward, and the instance has ${lack}: one of ${PROGRAMS}`
  throw new APIException({ request: requestOf(instance.exec, 'POST'), error })
}

/** The name of a command that can connect, empty if there is none; `undefined` if the instance has no shell. */
async function findCommand(instance: Path, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await exec(instance, ['sh', '-c', FIND_COMMAND], { signal })
    return exitCode === 0 ? stdout.trim() : undefined
  } catch (error) {
    if (error instanceof APIOperationException && /not found|not executable/i.test(error.error))
      return undefined
    throw error
  }
}
