import { onAbort, throwIfAborted } from '../../common/abort.ts'
import { Deadline } from '../../common/deadline.ts'
import { type APIException, APITimeoutException } from '../../errors/exceptions.ts'
import { checkNames, checkTimeout } from '../../request/options.ts'
import type { ExecFinished, InstanceState, Operation } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import type { ItemOf, Typed } from '../shared/item-of.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf } from '../shared/limits.ts'
import { requestOf } from '../shared/request-of.ts'
import { InstanceChanges } from './changes.ts'
import type { CloudInitStatus } from './cloud-init.ts'
import type { InstanceCondition, ProbeResult } from './conditions.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

// The pauses between probes, of what no event tells.
const INITIAL_PAUSE_MS = 50
const MAX_PAUSE_MS = 1000
// Of what an event tells; in case one is missed.
const MAX_ANNOUNCED_PAUSE_MS = 10_000
const BACKOFF_FACTOR = 1.5

/**
 * Waits until an instance meets a condition: a status, an address, a file, a command that succeeds, a port, its agent,
 * cloud-init.
 *
 * Events tell when an instance starts, stops or is ready. For the rest, such as an address, it probes a running instance
 * again after pauses that grow to a second. The command of a condition may take as long as the timeout allows.
 *
 * @returns for an address that address; for cloud-init its {@link CloudInitStatus}, with the errors that it recovered
 *   from; otherwise the result that met the condition
 * @throws {APINotFoundException} there is no such instance
 * @throws {APITimeoutException} the condition was not met in time
 * @throws {APIException} it can't be met: cloud-init has ended with errors (which are in the message, and all it tells in
 *   `cause`), is disabled or isn't there; an agent, but it is a container
 * @example
 * const address = await waitFor(api.instances.web, { address: 'inet' }, { timeout: 60 })
 * await waitFor(api.instances.web, { port: 80 })
 * @example
 * const { recoverable_errors } = await waitFor(api.instances.web, { cloudInit: true }, { timeout: 600 })
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
  condition: { readonly command: readonly string[] } | { readonly port: number },
  options?: CommonOptions,
): Promise<APIResult<Typed<P, Operation<ExecFinished>>>>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: { readonly agent: true },
  options?: CommonOptions,
): Promise<APIResult<Typed<P, InstanceState>>>
export async function waitFor(
  instance: InstancePath,
  condition: { readonly cloudInit: true },
  options?: CommonOptions,
): Promise<CloudInitStatus>
export async function waitFor<P extends InstancePath>(
  instance: P,
  condition: InstanceCondition,
  options?: CommonOptions,
): Promise<
  | string
  | CloudInitStatus
  | APIResult<ItemOf<P> | Typed<P, Operation<ExecFinished> | InstanceState | undefined>>
>
export async function waitFor(
  instance: InstancePath,
  condition: InstanceCondition,
  options: CommonOptions = {},
): Promise<unknown> {
  checkNames(options, OPTIONS, 'waitFor()')
  const { timeout = Number.POSITIVE_INFINITY } = options
  if (timeout !== 0) checkTimeout(timeout, 'waitFor()')
  const { probeFor } = await import('./conditions.ts')
  const probe = probeFor(condition)
  const given = instanceAt(instance, 'waitFor()')
  const signals = signalsOf(given, options.signal)
  throwIfAborted(signals)
  const aborted = new AbortController()
  const removeAbortListener = onAbort(signals, reason => aborted.abort(reason))
  const deadline = new Deadline({ timeout, signal: aborted.signal })
  const path = given.with({ signal: deadline.signal })
  const changes = new InstanceChanges(path)
  let latest: ProbeResult | undefined
  try {
    for (let pause = 0; ; pause = await nextPause(changes, pause, latest, deadline)) {
      latest = await probe(path)
      if (latest.found) return latest.found
      if (deadline.isExpired) break
    }
  } catch (error) {
    if (!deadline.isExpiry(error)) throw error
  } finally {
    deadline.clear()
    removeAbortListener()
    await changes.close()
  }
  const request = latest?.result.request ?? requestOf(given, 'GET')
  throw timeoutOf({ request, result: latest?.result }, condition, timeout)
}

/** Pauses until the next probe is due; returns for how long, `0` having been before the first. */
async function nextPause(
  changes: InstanceChanges,
  last: number,
  { isAnnounced }: ProbeResult,
  { signal }: Deadline,
): Promise<number> {
  if (last === 0) {
    await changes.subscribe(signal)
    // What happened between the first probe and this is found by the second, after which an event comes first.
    return isAnnounced && changes.isLive ? MAX_ANNOUNCED_PAUSE_MS : INITIAL_PAUSE_MS
  }
  const max = isAnnounced && changes.isLive ? MAX_ANNOUNCED_PAUSE_MS : MAX_PAUSE_MS
  const hasChanged = await changes.pause(Math.min(last, max), signal)
  return hasChanged ? INITIAL_PAUSE_MS : Math.min(last * BACKOFF_FACTOR, MAX_ANNOUNCED_PAUSE_MS)
}

function timeoutOf(
  details: Pick<APIException, 'request' | 'result'>,
  condition: InstanceCondition,
  timeout: number,
): APITimeoutException {
  const error = `${JSON.stringify(condition)} did not come about in ${timeout} s`
  return new APITimeoutException({ ...details, error })
}
