import { Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { contextOf } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import { checkNames } from '../../request/options.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import type { ExecOptions } from './options.ts'
import type { InstanceProcess } from './process.ts'
import { execRecorded } from './recorded.ts'
import { instanceSpawn } from './spawn.ts'

/** What a command reads from its standard input. */
export type ExecInput = string | Uint8Array | Readable | AsyncIterable<Uint8Array | string>

/** How {@link instanceExec} runs a command. */
export interface InstanceExecOptions extends ExecOptions {
  /** What the command reads from its standard input; nothing without it. */
  readonly input?: ExecInput
  /** `'utf8'` gives the output as text, `'buffer'` as the bytes that it is. */
  readonly encoding?: 'utf8' | 'buffer'
  /**
   * Lets the server write the output into files, which are fetched from there when the command has ended and then
   * deleted: the command goes on where this process or the connection ends. An abort does not kill it either.
   */
  readonly record?: boolean
}

/** How a command ended, and all that it wrote. */
export interface ExecOutput<Output = string> {
  /** The exit status: 128 and the number of the signal where one ended it. */
  readonly exitCode: number
  readonly stdout: Output
  readonly stderr: Output
}

const OPTIONS: ReadonlySet<string> = new Set<keyof InstanceExecOptions>([
  'environment',
  'cwd',
  'user',
  'group',
  'signal',
  'input',
  'encoding',
  'record',
])

/**
 * Runs a command in an instance to its end, and resolves with its exit status and all that it wrote; no shell is
 * involved. A status that is not 0 is no exception. Closing the API waits for it.
 *
 * @throws {APIException} the instance does not run, or the server can't start the command
 * @throws {APITimeoutException} the command ended, but its output stopped in the middle
 * @example
 * const { exitCode, stdout } = await instanceExec(api, 'web', ['uname', '-a'])
 */
export async function instanceExec(
  api: ApiRoot,
  name: string,
  command: readonly string[],
  options: InstanceExecOptions & { readonly encoding: 'buffer' },
): Promise<ExecOutput<Buffer>>
export async function instanceExec(
  api: ApiRoot,
  name: string,
  command: readonly string[],
  options?: InstanceExecOptions & { readonly encoding?: 'utf8' },
): Promise<ExecOutput>
export async function instanceExec(
  api: ApiRoot,
  name: string,
  command: readonly string[],
  options: InstanceExecOptions = {},
): Promise<ExecOutput<string | Buffer>> {
  checkNames(options, OPTIONS, 'instanceExec()')
  const { input, encoding = 'utf8', record = false, ...rest } = options
  if (encoding !== 'utf8' && encoding !== 'buffer')
    throw new TypeError(`encoding must be 'utf8' or 'buffer', not '${redactText(String(encoding))}'`)
  if (record && input !== undefined)
    throw new TypeError('input and record exclude each other: a recorded command has no input')
  const run = async (): Promise<ExecOutput<Buffer>> =>
    record
      ? execRecorded(api, name, command, rest)
      : communicate(await instanceSpawn(api, name, command, rest), input)
  const output = await contextOf(versionOf(api)).client.delayClose(run())
  return encoding === 'buffer' ? output : asText(output)
}

async function communicate(
  child: InstanceProcess,
  input: ExecInput | undefined,
): Promise<ExecOutput<Buffer>> {
  try {
    const [exitCode, stdout, stderr] = await Promise.all([
      child.exited,
      buffer(child.stdout),
      buffer(child.stderr),
      // What a command has not read when it ends does not matter, nor whether it will ever come.
      Promise.race([feed(child.stdin, input), child.exited]),
    ])
    if (input instanceof Readable) input.destroy()
    return { exitCode, stdout, stderr }
  } catch (error) {
    child.kill('SIGKILL')
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    throw error
  }
}

async function feed(stdin: Writable, input: ExecInput | undefined): Promise<void> {
  if (input === undefined || typeof input === 'string' || ArrayBuffer.isView(input)) {
    stdin.end(input)
    return
  }
  try {
    await pipeline(input, stdin)
  } catch (error) {
    // A command need not read all that there is.
    if (!stdin.closed || stdin.errored !== null) throw error
  }
}

function asText({ exitCode, stdout, stderr }: ExecOutput<Buffer>): ExecOutput {
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
}
