import { Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { keepFailures } from '../../common/ignore-errors.ts'
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

/** Options of {@link exec}. */
export interface ExecOptions extends CommandOptions {
  /**
   * Seconds until the command is killed and {@link APITimeoutException} is thrown; unlimited by default.
   */
  readonly timeout?: number
  /** What the command reads from its standard input; empty by default. */
  readonly input?: ExecInput
  /** Receives the standard output while the command runs, instead of the result. It is not ended. */
  readonly stdout?: Writable
  /** Receives the standard error, in the same way. */
  readonly stderr?: Writable
  /** `'utf8'` decodes the output as text, `'buffer'` keeps its bytes. */
  readonly encoding?: 'utf8' | 'buffer'
  /**
   * Whether the server writes the output to files, which are downloaded and deleted once the command has ended: it
   * keeps running if this process or the connection ends. An abort does not kill it either.
   */
  readonly record?: boolean
}

/** The exit status of a command and its output, except what went to a stream of the caller. */
export interface ExecOutput<Output = string> {
  /** The exit status; 128 plus the number of the signal if one ended the command. */
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
 * Runs a command in an instance to its end, and resolves with its exit status and its output; no shell is involved.
 * A status other than 0 is not an exception. Closing the API waits for it.
 *
 * @throws {APIException} the instance does not run, or the server can't start the command
 * @throws {APITimeoutException} it took longer than `timeout`; or it ended, but its output is incomplete
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
  const { input, stdout, stderr } = options
  const run = keepFailures([input, stdout, stderr], () =>
    withLimits(path, options, 'exec()', signal => runCommand(path, command, { ...options, signal })),
  )
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
      // Input that the command has not read when it ends does not matter, even if it never arrives.
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

/** Collects a stream, or pipes it to another one, which stays open. */
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
    // A command need not read all its input.
    if (!stdin.closed || stdin.errored !== null) throw error
  }
}

function asText({ exitCode, stdout, stderr }: ExecOutput<Buffer>): ExecOutput {
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
}
