import { hostname } from 'node:os'
import {
  API,
  absent,
  copy,
  directoryPull,
  directoryPush,
  exec,
  fileStat,
  present,
  start,
} from '../src/index.ts'

// A runner of CI jobs: a fresh instance for each, of an image or of a snapshot that has all installed; the sources go in,
// the command runs, what it leaves in artefacts/ comes out, and the instance goes. Exits as the command does:
//
//   npx tsx examples/runner.ts alpine          ./sources ./artefacts make test
//   npx tsx examples/runner.ts builder/clean   ./sources ./artefacts make test

const [template = '', sources = '', artefacts = '', ...command] = process.argv.slice(2)
if (command.length === 0)
  throw new Error('Give an image or <instance>/<snapshot>, two folders, and a command')

const WORK = '/root/job'
// Who is responsible for an instance, and whether still: by this tag alone instances are removed as leftovers.
const HOST_TAG = 'user.runner.host'
const PID_TAG = 'user.runner.pid'
const config = { [HOST_TAG]: hostname(), [PID_TAG]: String(process.pid) }

// The first Ctrl-C ends the job in order, a second one at once: then the next run removes what is left.
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => interrupted.abort(new Error(`The job was ended by ${name}`)))
const { signal } = interrupted

await using server = API.factory()
const api = server['1.0']
const job = api.instances[`job-${process.pid}-${Date.now().toString(36)}`]

await removeLeftovers()
try {
  await create()
  await directoryPush(job, WORK, sources, { uid: 0, gid: 0, signal })
  const output = { stdout: process.stdout, stderr: process.stderr }
  process.exitCode = (await exec(job, command, { cwd: WORK, timeout: 3600, signal, ...output })).exitCode
  // Of a job that failed too: it may have left a report.
  if (await fileStat(job, `${WORK}/artefacts`, { signal }))
    await directoryPull(job, `${WORK}/artefacts`, artefacts, { signal })
} catch (error) {
  if (!signal.aborted) throw error
  console.error(signal.reason.message)
  process.exitCode = 130
} finally {
  // Without the signal, which would end this too.
  await absent(job)
}

async function create(): Promise<void> {
  const [instance = '', snapshot] = template.split('/')
  if (snapshot === undefined) {
    const source = { type: 'image', alias: template } as const
    await present(job, { source, config, status: 'Running' }, { signal })
  } else {
    await copy(api.instances[instance].snapshots[snapshot], job, { config, signal })
    await start(job, { signal })
  }
}

/** Removes the instances of runners of this machine that could not: those that were killed, or lost the server. */
async function removeLeftovers(): Promise<void> {
  const { metadata: instances } = await api.instances.get({ query: { recursion: 1 } })
  for (const { name, config } of instances) {
    if (config[HOST_TAG] !== hostname() || isRunning(Number(config[PID_TAG]))) continue
    console.error(`Removing ${name}, which a runner has left`)
    await absent(api.instances[name])
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
