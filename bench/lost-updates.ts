import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { API, present } from '../src/index.ts'
import { missingReason, serverKinds, startDaemon } from '../test/daemon/index.ts'
import type { Job } from './lost-updates-job.ts'
import { printTable } from './print-table.ts'

// How many changes are lost when several processes update one resource: the servers check If-Match first and
// write later. `ROUNDS=3 npm run bench -- lost-updates` makes it shorter.

const PROCESSES = 10
const CHANGES = 5
const ROUNDS = Number(process.env['ROUNDS'] ?? 20)
const SCRIPT = fileURLToPath(new URL('lost-updates-job.js', import.meta.url))
const WORK: readonly (readonly [title: string, work: Job['work']])[] = [
  ['update() counts one key up', 'count'],
  ['update() sets keys of its own', 'own'],
  ['present() sets keys of its own', 'present'],
]

for (const kind of ['lxd', 'incus'] as const) {
  if (missingReason(kind) !== undefined) continue
  await using daemon = await startDaemon(kind)
  const api = API.factory(daemon.connection)
  const children = await Promise.all(Array.from({ length: PROCESSES }, (_, n) => start(daemon.socketPath, n)))
  const rows: string[][] = []
  for (const [title, work] of WORK) rows.push([title, ...(await measure(api, children, work))])
  for (const { stdin } of children) stdin.end()
  await api.close()
  const headings = ['', 'lost', 'failed', 'of', 's', 'lost in each round']
  printTable(`${serverKinds[kind].title}: ${PROCESSES} processes, ${CHANGES} changes each`, headings, rows)
}

type Child = Awaited<ReturnType<typeof start>>

async function start(socketPath: string, index: number) {
  const child = spawn(process.execPath, [SCRIPT, socketPath, String(index)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

async function measure(
  api: ReturnType<typeof API.factory>,
  children: readonly Child[],
  work: Job['work'],
): Promise<string[]> {
  const lost: number[] = []
  let [ms, failed] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const profile = api['1.0'].profiles.path(`lost-${work}-${round}`)
    await present(profile, { config: { 'user.count': 0 } })
    const begin = performance.now()
    const job = { work, profile: String(profile), changes: CHANGES }
    const failedNow = sum(await Promise.all(children.map(child => runJob(child, job))))
    ms += performance.now() - begin
    failed += failedNow
    const { config } = (await profile.get()).metadata
    const done = work === 'count' ? Number(config['user.count']) : Object.keys(config).length - 1
    lost.push(PROCESSES * CHANGES - done - failedNow)
    await profile.delete()
  }
  const columns = [sum(lost), failed, ROUNDS * PROCESSES * CHANGES, (ms / 1000).toFixed(1), lost.join(' ')]
  return columns.map(String)
}

/** Runs a job in one process; resolves with the number of failed changes. */
async function runJob({ stdin, stdout }: Child, job: Job): Promise<number> {
  stdin.write(`${JSON.stringify(job)}\n`)
  const [line] = await once(stdout, 'data')
  return Number(line)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}
