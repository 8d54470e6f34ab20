import { isRecord } from '../../answer/envelope.ts'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { type ExecOutput, exec } from '../exec/exec.ts'
import { filePull } from '../files/pull.ts'
import { isMissingProgram, isNotReady } from './refusals.ts'

/**
 * What cloud-init tells of its run, with its own names; what is newer has more fields.
 *
 * See https://docs.cloud-init.io/en/latest/explanation/failure_states.html
 */
export interface CloudInitStatus {
  /** `done`, if there was no error. */
  readonly status: string
  /** Such as `degraded done` after recoverable errors; of cloud-init 23.4 and newer. */
  readonly extended_status?: string
  readonly detail?: string
  readonly datasource?: string | null
  readonly errors: readonly string[]
  /** What went wrong without ending it, by log level: `{ WARNING: ['…'] }`; of cloud-init 23.4 and newer. */
  readonly recoverable_errors: Readonly<Record<string, readonly string[]>>
  readonly [name: string]: unknown
}

const STATUS = ['cloud-init', 'status', '--wait']
// What older versions write too, which don't know `--format`.
const RESULT_FILE = '/run/cloud-init/result.json'
// From here on a signal ended the command.
const KILLED = 128

/**
 * Waits until cloud-init in a running instance has ended; `undefined` if the command could not run, or was ended by a
 * stop of the instance: then the instance has to be looked at again.
 *
 * @throws {APIException} it has ended with errors, is disabled, or isn't there; `cause` is its {@link CloudInitStatus}
 */
export async function waitForCloudInit(
  instance: Path,
  result: APIResult,
): Promise<CloudInitStatus | undefined> {
  try {
    const output = await exec(instance, [...STATUS, '--format', 'json'])
    if (output.exitCode >= KILLED) return undefined
    const status = parseStatus(output.stdout) ?? (await readResultFile(instance, output))
    if (status === undefined)
      throw failed(result, `cloud-init can't tell its status: ${output.stderr.trim()}`)
    return checkStatus(status, output, result)
  } catch (error) {
    if (isMissingProgram(error)) throw failed(result, 'There is no cloud-init in this instance')
    // It is starting or stopping, or the agent of the virtual machine does not answer yet.
    if (isNotReady(error) && error.result !== result) return undefined
    throw error
  }
}

function checkStatus(status: CloudInitStatus, { exitCode }: ExecOutput, result: APIResult): CloudInitStatus {
  if (status.status === 'disabled')
    throw failed(
      result,
      `cloud-init is disabled: ${String(status.detail ?? status.boot_status_code)}`,
      status,
    )
  if (status.status !== 'error' && exitCode !== 1) return status
  const errors = status.errors.length > 0 ? status.errors.join('; ') : 'see /var/log/cloud-init.log in it'
  throw failed(result, `cloud-init ended with errors: ${errors}`, status)
}

function parseStatus(text: string): CloudInitStatus | undefined {
  const status = parse(text)
  return isRecord(status) && typeof status.status === 'string' ? complete(status, status.status) : undefined
}

async function readResultFile(
  instance: Path,
  { exitCode, stdout }: ExecOutput,
): Promise<CloudInitStatus | undefined> {
  // The arguments are refused with 2, before anything is written; any other failure is its own.
  if (exitCode !== 2 || stdout !== '') return undefined
  if ((await exec(instance, STATUS)).exitCode >= KILLED) return undefined
  const result = parse(String(await filePull(instance, RESULT_FILE)))
  if (!isRecord(result) || !isRecord(result.v1)) return undefined
  return complete(result.v1, textsOf(result.v1.errors).length > 0 ? 'error' : 'done')
}

function complete(fields: Readonly<Record<string, unknown>>, status: string): CloudInitStatus {
  const { recoverable_errors: recoverable } = fields
  const byLevel = Object.entries(isRecord(recoverable) ? recoverable : {})
  return {
    ...fields,
    status,
    errors: textsOf(fields.errors),
    recoverable_errors: Object.fromEntries(byLevel.map(([level, errors]) => [level, textsOf(errors)])),
  }
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failed(result: APIResult, error: string, cause?: CloudInitStatus): APIException {
  return new APIException({ request: result.request, result, error, cause })
}
