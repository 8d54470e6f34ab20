import { setTimeout as pause } from 'node:timers/promises'
import { isRecord } from '../../answer/envelope.ts'
import { objectIn } from '../../answer/metadata.ts'
import { type APIException, APINotFoundException, APITimeoutException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames, checkTimeout } from '../../request/options.ts'
import type { ExecFinished, Operation } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import { readStat } from '../files/stat.ts'
import { fieldsOf } from '../shared/fields.ts'
import type { ItemOf, Typed } from '../shared/item-of.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions } from '../shared/limits.ts'
import { readItem } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'

/** What can be waited for in an instance. */
export type InstanceCondition =
  | { readonly status: string }
  /** An address that others can reach: not of the loopback, not link-local. */
  | { readonly address: 'inet' | 'inet6' | true }
  /** The path of a file, a folder, or a link, in an instance that runs. */
  | { readonly file: string }
  /** A command that ends with 0; not run through a shell. */
  | { readonly command: readonly string[] }

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/** What a look found: what was waited for, or what there is instead. */
interface Look {
  readonly result: APIResult
  readonly found?: unknown
}

// Milliseconds.
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1000

/**
 * Waits until something holds for an instance: a status, an address, a file, a command that succeeds.
 *
 * @returns the address, for an address; else the result that told it
 * @throws {APINotFoundException} there is no such instance
 * @throws {APITimeoutException} it did not hold in time
 * @example
 * const address = await waitFor(api.instances.web, { address: 'inet' }, { timeout: 60 })
 * await waitFor(api.instances.web, { command: ['nc', '-z', 'localhost', '80'] })
 */
export async function waitFor(
  instance: InstancePath,
  condition: { readonly address: 'inet' | 'inet6' | true },
  options?: CommonOptions,
): Promise<string>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: { readonly status: string },
  options?: CommonOptions,
): Promise<APIResult<ItemOf<P>>>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: { readonly file: string },
  options?: CommonOptions,
): Promise<APIResult<Typed<P, undefined>>>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: { readonly command: readonly string[] },
  options?: CommonOptions,
): Promise<APIResult<Typed<P, Operation<ExecFinished>>>>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: InstanceCondition,
  options?: CommonOptions,
): Promise<string | APIResult<ItemOf<P> | Typed<P, Operation<ExecFinished> | undefined>>>
export async function waitFor(
  instance: InstancePath,
  condition: InstanceCondition,
  options: CommonOptions = {},
): Promise<unknown> {
  checkNames(options, OPTIONS, 'waitFor()')
  const { timeout = Number.POSITIVE_INFINITY, signal } = options
  if (timeout !== 0) checkTimeout(timeout, 'waitFor()')
  const look = lookFor(condition)
  const path = instanceAt(instance, 'waitFor()').with({ signal })
  const end = performance.now() + timeout * 1000
  for (let ms = FIRST_PAUSE; ; ms = Math.min(ms * 1.5, LONGEST_PAUSE)) {
    const { result, found } = await look(path)
    if (found) return found
    const left = end - performance.now()
    if (left <= 0) throw tooLate(result, condition, timeout)
    await sleep(Math.min(ms, left), signal)
  }
}

function lookFor(condition: InstanceCondition): (instance: Path) => Promise<Look> {
  if ('status' in condition) return instance => lookAtStatus(instance, condition.status)
  if ('address' in condition) return instance => lookAtAddresses(instance, condition.address)
  if ('file' in condition) return instance => lookAtFile(instance, condition.file)
  if ('command' in condition) return instance => lookAtCommand(instance, condition.command)
  throw new TypeError('waitFor(): give one of status, address, file, command')
}

async function lookAtStatus(instance: Path, status: string): Promise<Look> {
  const result = await readItem(instance)
  return { result, found: result.metadata.status === status && result }
}

async function lookAtAddresses(instance: Path, family: 'inet' | 'inet6' | true): Promise<Look> {
  const result = await instance.state.get()
  const interfaces = Object.values(fieldsOf(objectIn(result).network))
  const addresses = interfaces.flatMap(one => fieldsOf(one).addresses).filter(isRecord)
  const found = addresses.find(
    one =>
      one.scope === 'global' && (family === true || one.family === family) && typeof one.address === 'string',
  )
  return { result, found: found?.address }
}

// Incus 6.0 can't start an instance in whose files somebody looks before.
async function lookAtFile(instance: Path, path: string): Promise<Look> {
  const running = await lookAtStatus(instance, 'Running')
  if (!running.found) return running
  const result = await orRefusal(instance.files.head({ query: { path } }), instance)
  return { result, found: result.response.statusCode < 400 && readStat(result) && result }
}

async function lookAtCommand(instance: Path, command: readonly string[]): Promise<Look> {
  const body = { command, 'wait-for-websocket': false, interactive: false }
  const result = await orRefusal(instance.exec.post(body).wait(), instance)
  return { result, found: result.metadata?.metadata?.return === 0 && result }
}

/** The result of a call, be it that of a refusal: the instance may be starting; but it must be there. */
async function orRefusal(call: Promise<APIResult>, instance: Path): Promise<APIResult> {
  try {
    return await call
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error instanceof APINotFoundException) await instance.get()
    return error.result as APIResult // True of refusals.
  }
}

function tooLate(result: APIResult, condition: InstanceCondition, timeout: number): APIException {
  const error = `${JSON.stringify(condition)} did not come about in ${timeout} s`
  return new APITimeoutException({ request: result.request, result, error })
}

async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch (error) {
    throw signal?.reason ?? error
  }
}
