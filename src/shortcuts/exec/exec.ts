import { Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { contextOf, type Path } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import { checkNames } from '../../request/options.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { withLimits } from '../shared/limits.ts'
import { COMMAND_OPTIONS, type CommandOptions } from './options.ts'
import type { InstanceProcess } from './process.ts'
import { execRecorded } from './recorded.ts'
import { spawnAt } from './spawn.ts'

/** What a command reads from its standard input. */
export type ExecInput = string | Uint8Array | Readable | AsyncIterable<Uint8Array | string>

/** How {@link exec} runs a command. */
export interface ExecOptions extends CommandOptions {
  /**
   * Seconds that the command may take, then it is killed and {@link APITimeoutException} thrown; without it, as long as it
   * takes.
   */
  readonly timeout?: number
  /** What the command reads from its standard input; nothing without it. */
  readonly input?: ExecInput
  /** Receives what the command writes while it runs, which the result then doesn't have. It is not ended. */
  readonly stdout?: Writable
  /** Receives what the command writes to its standard error, in the same way. */
  readonly stderr?: Writable
  /** `'utf8'` gives the output as text, `'buffer'` as the bytes that it is. */
  readonly encoding?: 'utf8' | 'buffer'
  /**
   * Lets the server write the output into files, which are fetched from there when the command has ended and then
   * deleted: the command goes on where this process or the connection ends. An abort does not kill it either.
   */
  readonly record?: boolean
}

/** How a command ended, and all that it wrote, but for what went to a stream of the caller's. */
export interface ExecOutput<Output = string> {
  /** The exit status: 128 and the number of the signal where one ended it. */
  readonly exitCode: number
  readonly stdout: Output
  readonly stderr: Output
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ExecOptions>([
  ...COMMAND_OPTIONS,
  'timeout',
  'stdout',
  'stderr',
  'input',
  'encoding',
  'record',
])

/**
 * Runs a command in an instance to its end, and resolves with its exit status and all that it wrote; no shell is
 * involved. A status that is not 0 is no exception. Closing the API waits for it.
 *
 * @throws {APIException} the instance does not run, or the server can't start the command
 * @throws {APITimeoutException} it took longer than `timeout`; or it ended, but its output stopped in the middle
 * @example
 * const { exitCode, stdout } = await exec(api.instances.web, ['uname', '-a'])
 * @example
 * await exec(api.instances.web, ['make'], { stdout: process.stdout, stderr: process.stderr })
 */
export async function exec(
  instance: InstancePath,
  command: readonly string[],
  options: ExecOptions & { readonly encoding: 'buffer' },
): Promise<ExecOutput<Buffer>>
export async function exec(
  instance: InstancePath,
  command: readonly string[],
  options?: ExecOptions & { readonly encoding?: 'utf8' },
): Promise<ExecOutput>
export async function exec(
  instance: InstancePath,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecOutput<string | Buffer>> {
  checkNames(options, OPTIONS, 'exec()')
  checkExclusive(options)
  const path = instanceAt(instance, 'exec()')
  const run = withLimits(path, options, 'exec()', signal => runCommand(path, command, { ...options, signal }))
  const output = await contextOf(path).client.delayClose(run)
  return options.encoding === 'buffer' ? output : asText(output)
}

function checkExclusive({ encoding = 'utf8', record, input, stdout, stderr }: ExecOptions): void {
  if (encoding !== 'utf8' && encoding !== 'buffer')
    throw new TypeError(`encoding must be 'utf8' or 'buffer', not '${redactText(String(encoding))}'`)
  if (record && input !== undefined)
    throw new TypeError('input and record exclude each other: a recorded command has no input')
  if (record && (stdout ?? stderr) !== undefined)
    throw new TypeError('record excludes stdout and stderr: the output is fetched when the command has ended')
}

async function runCommand(
  instance: Path,
  command: readonly string[],
  { environment, cwd, user, group, signal, ...io }: ExecOptions,
): Promise<ExecOutput<Buffer>> {
  const options = { environment, cwd, user, group, signal }
  return io.record
    ? execRecorded(instance, command, options)
    : communicate(await spawnAt(instance, command, options), io)
}

type Streams = Pick<ExecOptions, 'input' | 'stdout' | 'stderr'>

async function communicate(
  child: InstanceProcess,
  { input, stdout, stderr }: Streams,
): Promise<ExecOutput<Buffer>> {
  try {
    const [exitCode, output, errorOutput] = await Promise.all([
      child.exited,
      collectOutput(child.stdout, stdout),
      collectOutput(child.stderr, stderr),
      // What a command has not read when it ends does not matter, nor whether it will ever come.
      Promise.race([writeInput(child.stdin, input), child.exited]),
    ])
    if (input instanceof Readable) input.destroy()
    return { exitCode, stdout: output, stderr: errorOutput }
  } catch (error) {
    child.kill('SIGKILL')
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    throw error
  }
}

/** All that a stream has; nothing where it goes to another one, which stays open. */
async function collectOutput(stream: Readable, target: Writable | undefined): Promise<Buffer> {
  if (target === undefined) return buffer(stream)
  await pipeline(stream, target, { end: false })
  return Buffer.alloc(0)
}

async function writeInput(stdin: Writable, input: ExecInput | undefined): Promise<void> {
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
