import { pathIn } from '../../checked-path.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { fieldsOf } from '../shared/fields.ts'
import { collect } from '../transfer/download.ts'
import { waitForExit } from './exit.ts'
import { type CommandOptions, execBody } from './options.ts'

interface Recorded {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** Runs a command whose output the server records in files; downloads and deletes them. */
export async function execRecorded(
  instance: Path,
  command: readonly string[],
  options: CommandOptions,
): Promise<Recorded> {
  const body = execBody(command, options, { 'record-output': true })
  const started = await instance.exec.post(body, { signal: options.signal })
  const end = await waitForExit(started, instance, command, options)
  const output = fieldsOf(end.output)
  const [stdout, stderr] = await Promise.all(['1', '2'].map(fd => downloadAndDelete(started, output[fd])))
  // Safe casts: there are two of them.
  return { exitCode: end.return, stdout: stdout as Buffer, stderr: stderr as Buffer }
}

async function downloadAndDelete(started: APIResult, url: unknown): Promise<Buffer> {
  const file = pathIn(started, url)
  const content = await collect(await file.get())
  await file.delete()
  return content
}
