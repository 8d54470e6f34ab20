import { API, absent, type EventStream, events, present, setStates } from '../src/index.ts'
import { mapConcurrently } from '../src/shortcuts/shared/concurrency.ts'
import { buildImage, type Daemon, type ServerUnderTest, serverKinds } from '../test/daemon/index.ts'
import { clock } from './clock.ts'
import { benchEachServer } from './each-server.ts'
import { reportGoal, reportSpeed } from './goal.ts'
import { quantile } from './measure.ts'
import { printTable } from './print-table.ts'
import { benchStorm } from './storm.ts'

// Hundreds of containers created, brought to their state a second time, started, listed, stopped and deleted: 8 at once as
// setStates() does it, all at once, and by a loop of the server's own client. Then many requests at once through one API.

const INSTANCES = Number(process.env['LXDAPI_BENCH_INSTANCES'] ?? 300)
const LANES = 8
const LISTS = 5
const NAMES = Array.from({ length: INSTANCES }, (_, n) => `c${n}`)
const ACTIONS = ['instance-created', 'instance-started', 'instance-stopped', 'instance-deleted']

type Api = ReturnType<typeof API.factory>['1.0']
type Step = 'create' | 'create again' | 'start' | 'lists, in turns' | 'stop' | 'delete'
/** The steps in their order; each resolves with how many instances it has changed, or seen. */
type Way = Readonly<Partial<Record<Step, () => Promise<number>>>>

await benchEachServer(benchServer)

async function benchServer(server: ServerUnderTest): Promise<void> {
  await using daemon = await server.start()
  await daemon.cli(['image', 'import', buildImage(), '--alias', 'small'])
  const root = API.factory(daemon.connection)
  const api = root['1.0']
  const { client } = serverKinds[server.kind]
  const compare = () => compareLists(server.label, api, daemon)
  const ours = bounded(api, compare)
  const ways = { [`${LANES} at once`]: ours, 'all at once': unbounded(api), [client]: loop(daemon) }
  const times = new Map<string, Map<string, number>>()
  await using stream = await events(api, { type: 'lifecycle' })
  const seen = collect(stream)
  for (const [name, way] of Object.entries(ways)) times.set(name, await runSteps(way))
  const steps = Object.keys(ours)
  const cell = (way: string, step: string): string => times.get(way)?.get(step)?.toFixed(2) ?? ''
  printTable(
    `${server.label}: ${INSTANCES} containers, in seconds`,
    ['', ...times.keys()],
    steps.map(step => [step, ...[...times.keys()].map(way => cell(way, step))]),
  )
  for (const step of steps) {
    const [own = 0, theirs] = [`${LANES} at once`, client].map(way => times.get(way)?.get(step))
    if (theirs !== undefined)
      reportSpeed(`${server.label}: ${step}, ${INSTANCES} containers`, client, theirs / own)
  }
  reportEvents(server.label, seen, Object.keys(ways).length)
  await benchStorm(server.label, daemon, api)
  await root.close()
}

async function runSteps(way: Way): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  for (const [step, run] of Object.entries(way)) {
    times.set(step, (await clockAll(run, step === 'create again' ? 0 : INSTANCES)) / 1000)
  }
  return times
}

/** @throws it was another number of instances */
async function clockAll(work: () => Promise<number>, expected = INSTANCES): Promise<number> {
  let count = 0
  const ms = await clock(async () => {
    count = await work()
  })
  if (count !== expected) throw new Error(`${count} instances instead of ${expected}`)
  return ms
}

/** What a script does that bounds how much it does at once. */
function bounded(api: Api, compare: () => Promise<number>): Way {
  const create = () => inLanes(name => createOne(api, name))
  return {
    create,
    'create again': create,
    start: async () => countChanged(await setStates(api.instances, 'start')),
    'lists, in turns': compare,
    stop: async () => countChanged(await setStates(api.instances, 'stop', undefined, { force: true })),
    delete: () => inLanes(name => absent(api.instances[name])),
  }
}

/** What a script does that leaves that to the library. */
function unbounded(api: Api): Way {
  const create = async () => countChanged(await Promise.all(NAMES.map(name => createOne(api, name))))
  return {
    create,
    'create again': create,
    delete: async () => countChanged(await Promise.all(NAMES.map(name => absent(api.instances[name])))),
  }
}

/** What a shell script does. */
function loop(daemon: Daemon): Way {
  const each = (args: (name: string) => string[]) => async () => {
    for (const name of NAMES) await daemon.cli(args(name))
    return INSTANCES
  }
  return {
    create: each(name => ['init', 'small', name]),
    start: each(name => ['start', name]),
    stop: each(name => ['stop', '--force', name]),
    delete: each(name => ['delete', name]),
  }
}

function createOne(api: Api, name: string) {
  return present(api.instances[name], { source: 'small', config: { 'user.bench': 'scale' } })
}

/** Lists all of them, in turns with the server's own client. */
async function compareLists(label: string, api: Api, daemon: Daemon): Promise<number> {
  const { client } = serverKinds[daemon.kind]
  const list = async (): Promise<number> => {
    const { metadata } = await api.instances.get({ query: { recursion: 2 } })
    return metadata.length
  }
  const listByProgram = async (): Promise<number> =>
    JSON.parse(await daemon.cli(['list', '--format=json'])).length
  const ratios: number[] = []
  for (let round = 0; round < LISTS; round++) {
    const ours = await clockAll(list)
    ratios.push((await clockAll(listByProgram)) / ours)
  }
  reportSpeed(`${label}: list, recursion=2, ${INSTANCES} running containers`, client, quantile(ratios))
  return INSTANCES
}

async function inLanes(change: (name: string) => Promise<{ readonly changed: boolean }>): Promise<number> {
  return countChanged(await mapConcurrently(NAMES, LANES, change))
}

/** @throws the first failure */
function countChanged(outcomes: readonly { readonly changed: boolean; readonly error?: unknown }[]): number {
  for (const { error } of outcomes) if (error !== undefined) throw error
  return outcomes.filter(({ changed }) => changed).length
}

/** Counts the events of each kind for each instance, as they come. */
function collect(stream: EventStream<'lifecycle'>): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  const read = async (): Promise<void> => {
    for await (const event of stream) {
      const key = event.type === 'gap' ? 'gap' : `${event.metadata.action} ${event.metadata.source}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
  }
  read().catch(() => {})
  return seen
}

function reportEvents(label: string, seen: ReadonlyMap<string, number>, rounds: number): void {
  // The second way neither starts nor stops.
  const expected = (action: string): number => (/created|deleted/.test(action) ? rounds : rounds - 1)
  const missing = ACTIONS.flatMap(action =>
    NAMES.filter(name => (seen.get(`${action} /1.0/instances/${name}`) ?? 0) < expected(action)),
  )
  reportGoal({
    row: `${label}: events missing of ${INSTANCES * (4 * rounds - 2)}`,
    goal: 'none, and no gap',
    figure: `${missing.length}, ${seen.get('gap') ?? 0} gaps`,
    isMet: missing.length === 0 && !seen.has('gap'),
  })
}
