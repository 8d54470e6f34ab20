import { isRecord } from '../../answer/envelope.ts'
import { objectIn } from '../../answer/metadata.ts'
import { sleep } from '../../common/sleep.ts'
import { type APIException, APINotFoundException, APITimeoutException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames, checkTimeout } from '../../request/options.ts'
import type { ExecFinished, Operation } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import { readStat } from '../files/http-stat.ts'
import { fieldsOf } from '../shared/fields.ts'
import type { ItemOf, Typed } from '../shared/item-of.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions } from '../shared/limits.ts'
import { readItem } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'

/** A condition of {@link waitFor}. */
export type InstanceCondition =
  | { readonly status: string }
  /** A global address: neither loopback nor link-local. */
  | { readonly address: 'inet' | 'inet6' | true }
  /** The path of a file, a directory or a symlink in a running instance. */
  | { readonly file: string }
  /** A command that exits with 0; no shell is involved. */
  | { readonly command: readonly string[] }

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/** The result of one probe, and what was found if the condition is met. */
interface ProbeResult {
  readonly result: APIResult
  readonly found?: unknown
}

const INITIAL_DELAY_MS = 50
const MAX_DELAY_MS = 1000

/**
 * Waits until an instance meets a condition: a status, an address, a file, a command that succeeds.
 *
 * @returns for an address that address; otherwise the result that met the condition
 * @throws {APINotFoundException} there is no such instance
 * @throws {APITimeoutException} the condition was not met in time
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
  const probe = probeFor(condition)
  const path = instanceAt(instance, 'waitFor()').with({ signal })
  const end = performance.now() + timeout * 1000
  for (let ms = INITIAL_DELAY_MS; ; ms = Math.min(ms * 1.5, MAX_DELAY_MS)) {
    const { result, found } = await probe(path)
    if (found) return found
    const remaining = end - performance.now()
    if (remaining <= 0) throw timeoutOf(result, condition, timeout)
    await sleep(Math.min(ms, remaining), signal)
  }
}

function probeFor(condition: InstanceCondition): (instance: Path) => Promise<ProbeResult> {
  if ('status' in condition) return instance => probeStatus(instance, condition.status)
  if ('address' in condition) return instance => probeAddresses(instance, condition.address)
  if ('file' in condition) return instance => probeFile(instance, condition.file)
  if ('command' in condition) return instance => probeCommand(instance, condition.command)
  throw new TypeError('waitFor(): give one of status, address, file, command')
}

async function probeStatus(instance: Path, status: string): Promise<ProbeResult> {
  const result = await readItem(instance)
  return { result, found: result.metadata.status === status && result }
}

async function probeAddresses(instance: Path, family: 'inet' | 'inet6' | true): Promise<ProbeResult> {
  const result = await instance.state.get()
  const interfaces = Object.values(fieldsOf(objectIn(result).network))
  const addresses = interfaces.flatMap(one => fieldsOf(one).addresses).filter(isRecord)
  const found = addresses.find(
    one =>
      one.scope === 'global' && (family === true || one.family === family) && typeof one.address === 'string',
  )
  return { result, found: found?.address }
}

// Incus 6.0 can't start an instance whose files were read before.
async function probeFile(instance: Path, path: string): Promise<ProbeResult> {
  const running = await probeStatus(instance, 'Running')
  if (!running.found) return running
  const result = await resultOrRefusal(instance.files.head({ query: { path } }), instance)
  return { result, found: result.response.statusCode < 400 && readStat(result) && result }
}

async function probeCommand(instance: Path, command: readonly string[]): Promise<ProbeResult> {
  const body = { command, 'wait-for-websocket': false, interactive: false }
  const result = await resultOrRefusal(instance.exec.post(body).wait(), instance)
  return { result, found: result.metadata?.metadata?.return === 0 && result }
}

/** The result of a call, even of a refusal, since the instance may be starting; but it has to exist. */
async function resultOrRefusal(call: Promise<APIResult>, instance: Path): Promise<APIResult> {
  try {
    return await call
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (error instanceof APINotFoundException) await instance.get()
    return error.result as APIResult // Safe cast: refusals have a result.
  }
}

function timeoutOf(result: APIResult, condition: InstanceCondition, timeout: number): APIException {
  const error = `${JSON.stringify(condition)} did not come about in ${timeout} s`
  return new APITimeoutException({ request: result.request, result, error })
}
