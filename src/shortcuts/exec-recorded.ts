import type { Path } from '../path.ts'
import { endOf } from './exec-exit.ts'
import { type ExecOptions, execBody } from './exec-options.ts'
import { type ApiRoot, versionOf } from './resource.ts'

interface Recorded {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** Runs a command whose output the server keeps in files; they are deleted there once they have been read. */
export async function execRecorded(
  api: ApiRoot,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<Recorded> {
  const root = versionOf(api)
  const instance = root.instances.path(name)
  const body = execBody(command, options, { 'record-output': true })
  const started = await instance.exec.post(body, { signal: options.signal })
  const end = await endOf(started, instance, command, options)
  const [stdout, stderr] = await Promise.all(['1', '2'].map(fd => fetchAway(root, end.output?.[fd])))
  // True: there are two of them.
  return { exitCode: end.return, stdout: stdout as Buffer, stderr: stderr as Buffer }
}

async function fetchAway(root: Path, url: string | undefined): Promise<Buffer> {
  if (url === undefined) return Buffer.alloc(0)
  const file = root.forUrl(url)
  const content = await (await file.get()).bytes()
  await file.delete()
  return content
}
