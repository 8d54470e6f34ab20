import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { ApiPath, Path } from '../src/index.ts'
import { mapConcurrently } from '../src/shortcuts/shared/concurrency.ts'
import type { ServerUnderTest } from '../test/daemon/index.ts'
import { type Running, startServer } from '../test/integration/servers.ts'
import { benchEachServer } from './each-server.ts'
import { reportGoal } from './goal.ts'
import { printTable } from './print-table.ts'
import type { WatchReport } from './watch-job.ts'

// What watch() costs where much happens: requests, and the processor time of its process.

const INSTANCES = Number(process.env['LXDAPI_BENCH_INSTANCES'] ?? 300)
const EVENTS = Number(process.env['LXDAPI_BENCH_EVENTS'] ?? 1000)
const LANES = 16

await benchEachServer(benchServer)

async function benchServer(server: ServerUnderTest): Promise<void> {
  const running = await startServer(server)
  await using _ = running.daemon
  const instances = (running.api as ApiPath).path('1.0', 'instances')
  await inLanes(INSTANCES, n => createInstance(instances, n, running.image))
  const child = startWatching(running)
  await once(child, 'message')
  await report(child)
  const rows: string[][] = []
  let requests = 0
  // A server refuses a change of an instance while another one is under way.
  for (const [name, count, targets, lanes] of [
    [`${EVENTS} changes of all, by ${LANES} clients`, EVENTS, INSTANCES, LANES],
    [`${EVENTS} changes of one`, EVENTS, 1, 1],
    ['nothing for 5 s', 0, 1, 1],
  ] as const) {
    const start = performance.now()
    await inLanes(count, n => change(instances, n % targets, n), lanes)
    const seconds = (performance.now() - start) / 1000
    const seen = await untilSeen(child, instances)
    if (count === 0) await delay(5000)
    const { lists, items, changes, cpu } = addReports([...seen, await report(child)])
    requests = Math.max(requests, lists + items)
    rows.push([name, seconds.toFixed(1), String(lists), String(items), String(changes), cpu.toFixed(0)])
  }
  printTable(
    `${server.label}: watch() of ${INSTANCES} instances`,
    ['', 's', 'lists', 'GETs of items', 'changes told', 'ms of processor'],
    rows,
  )
  reportGoal({
    row: `${server.label}: requests of watch() for ${EVENTS} changes`,
    goal: 'fewer than changes',
    figure: String(requests),
    isMet: requests < EVENTS,
  })
  child.kill()
  await running.api.close()
}

function startWatching({ daemon }: Running): ChildProcess {
  // `.js` when compiled, else `.ts`.
  const program = new URL(`watch-job${import.meta.url.slice(-3)}`, import.meta.url)
  return fork(program, [JSON.stringify(daemon.connection)])
}

async function report(child: ChildProcess): Promise<WatchReport> {
  child.send('report')
  const [answer] = await once(child, 'message')
  return answer
}

// Until the list has what the server has, and has looked a second time.
async function untilSeen(child: ChildProcess, instances: Path): Promise<WatchReport[]> {
  const { metadata } = await instances.get({ query: { recursion: 1 } })
  const expected = metadata.map(({ config }: { config: Record<string, string> }) => String(config['user.n']))
  const reports: WatchReport[] = []
  for (;;) {
    const one = await report(child)
    reports.push(one)
    if (one.values.toSorted().join() === expected.toSorted().join()) break
    await delay(50)
  }
  await delay(3000)
  return reports
}

function addReports(
  reports: readonly WatchReport[],
): Pick<WatchReport, 'lists' | 'items' | 'changes' | 'cpu'> {
  const sum = (field: 'lists' | 'items' | 'changes' | 'cpu') =>
    reports.reduce((total, one) => total + one[field], 0)
  return { lists: sum('lists'), items: sum('items'), changes: sum('changes'), cpu: sum('cpu') }
}

async function createInstance(instances: Path, n: number, fingerprint: string): Promise<void> {
  const config = { 'user.n': '-' }
  await instances.post({ name: `i${n}`, config, source: { type: 'image', fingerprint } }).wait()
}

async function change(instances: Path, n: number, value: number): Promise<void> {
  await instances
    .path(`i${n}`)
    .patch({ config: { 'user.n': String(value) } })
    .wait()
}

async function inLanes(times: number, run: (n: number) => Promise<void>, lanes = LANES): Promise<void> {
  await mapConcurrently([...Array(times).keys()], lanes, run)
}
