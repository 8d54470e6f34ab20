import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  API,
  directoryPresent,
  directoryPull,
  directoryPush,
  openFiles,
  type Protocol,
} from '../src/index.ts'
import { createTempFolder } from '../test/daemon/clean-up.ts'
import { buildImage, type Daemon, type ServerUnderTest, serverKinds } from '../test/daemon/index.ts'
import { clock } from './clock.ts'
import { benchEachServer } from './each-server.ts'
import { reportGoal, reportSpeed } from './goal.ts'
import { quantile, ratios, rotate } from './measure.ts'
import { printTable } from './print-table.ts'

// Directories in and out of an instance: by this library over SFTP and over HTTP, and by the server's own client,
// interleaved. Each run has a new target: for a few seconds after many files were deleted, ext4 takes three times as long
// to create others. And what the run before has written is on the disk: at the end of each session the servers wait for
// all that is not, and so would the next run.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 3)
const SMALL = { name: '5,000 files of 1 KB', files: 5000, size: 1024 }
const BIG = { name: '100 files of 1 MB', files: 100, size: 1024 * 1024 }
const FILES_PER_FOLDER = 100

type Tree = typeof SMALL
type Way = 'sftp' | 'http' | 'cli' | 'again'
type Times = Record<Way, number[]>

interface Bench {
  readonly daemon: Daemon
  readonly instance: ReturnType<typeof API.factory>['1.0']['instances'][string]
  /** Where trees come from and go to here. */
  readonly dir: string
}

await benchEachServer(benchServer)

async function benchServer(server: ServerUnderTest): Promise<void> {
  await using daemon = await server.start()
  const api = API.factory(daemon.connection)
  await daemon.cli(['image', 'import', buildImage(), '--alias', 'small'])
  const instance = api['1.0'].path('instances', 'bench')
  const source = { type: 'image', alias: 'small' } as const
  await api['1.0'].path('instances').post({ name: 'bench', source }).wait()
  const dir = createTempFolder()
  const rows: string[][] = []
  for (const tree of [SMALL, BIG]) {
    makeTree(join(dir, String(tree.files)), tree)
    const pushes = await racePushes({ daemon, instance, dir }, tree)
    const pulls = await racePulls({ daemon, instance, dir }, tree)
    rows.push(rowOf(`push ${tree.name}`, pushes), rowOf(`pull ${tree.name}`, pulls))
    reportGoals(server, tree, pushes, pulls)
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir)
  }
  printTable(
    `${server.label}; medians of ${ROUNDS} rounds, in seconds`,
    ['', 'sftp', 'http', serverKinds[daemon.kind].client, 'client / sftp', 'http / sftp', 'equal again'],
    rows,
  )
  await api.close()
}

async function racePushes({ daemon, instance, dir }: Bench, tree: Tree): Promise<Times> {
  const local = join(dir, String(tree.files))
  const push = (by: Protocol) => (remote: string) =>
    directoryPush(instance, `${remote}/${tree.files}`, local, { by })
  return race(async round => {
    const remote = (way: string): string => `/root/push-${tree.files}-${round}-${way}`
    await using files = await openFiles(instance)
    for (const way of ['sftp', 'http', 'cli']) await files.mkdir(remote(way))
    return {
      sftp: () => push('sftp')(remote('sftp')),
      http: () => push('http')(remote('http')),
      cli: () => daemon.cli(['file', 'push', '-r', local, `bench${remote('cli')}/`]),
      again: () => directoryPresent(instance, `${remote('sftp')}/${tree.files}`, local, { delete: true }),
    }
  })
}

async function racePulls({ daemon, instance, dir }: Bench, tree: Tree): Promise<Times> {
  const remote = `/root/pull-${tree.files}`
  await directoryPush(instance, remote, join(dir, String(tree.files)))
  return race(async round => {
    const local = (way: string): string => join(dir, `out-${round}-${way}`)
    mkdirSync(local('cli'))
    return {
      sftp: () => directoryPull(instance, remote, local('sftp'), { by: 'sftp' }),
      http: () => directoryPull(instance, remote, local('http'), { by: 'http' }),
      cli: () => daemon.cli(['file', 'pull', '-r', `bench${remote}`, local('cli')]),
    }
  })
}

/** Runs all ways in each round, each round beginning with another one. */
async function race(
  waysOf: (round: number) => Promise<Partial<Record<Way, () => Promise<unknown>>>>,
): Promise<Times> {
  const times: Times = { sftp: [], http: [], cli: [], again: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const { again, ...ways } = await waysOf(round)
    const turns = Object.entries(ways) as [Way, () => Promise<unknown>][]
    for (const [way, run] of rotate(turns, round)) {
      execFileSync('sync')
      times[way].push(await clock(run))
    }
    execFileSync('sync')
    if (again !== undefined) times.again.push(await clock(again))
  }
  return times
}

function makeTree(path: string, { files, size }: Tree): void {
  for (let file = 0; file < files; file++) {
    const folder = join(path, `d${Math.floor(file / FILES_PER_FOLDER)}`)
    if (file % FILES_PER_FOLDER === 0) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `f${file}`), Buffer.alloc(size, file))
  }
}

function rowOf(name: string, times: Times): string[] {
  const seconds = (way: Way): string => (quantile(times[way]) / 1000).toFixed(2)
  const again = times.again.length === 0 ? '' : seconds('again')
  return [
    name,
    seconds('sftp'),
    seconds('http'),
    seconds('cli'),
    ...ratiosOf(times).map(one => one.toFixed(1)),
    again,
  ]
}

/** How many times as long the server's client and HTTP take, in the same round. */
function ratiosOf({ sftp, http, cli }: Times): number[] {
  return [cli, http].map(other => quantile(ratios(other, sftp)))
}

function reportGoals({ label, kind }: ServerUnderTest, tree: Tree, pushes: Times, pulls: Times): void {
  const goal = tree === BIG ? 1 : kind === 'lxd' ? 8 : 3
  for (const [what, times] of Object.entries({ push: pushes, pull: pulls })) {
    const [ratio = 0] = ratiosOf(times)
    reportSpeed(`${label}: speed of a ${what} of ${tree.name}`, serverKinds[kind].client, ratio, goal)
  }
  const again = quantile(pushes.again) / quantile(pushes.sftp)
  reportGoal({
    row: `${label}: ${tree.name} made equal again, of the first push`,
    goal: 'less than 0.2 of the time',
    figure: again.toFixed(2),
    isMet: again < 0.2,
  })
}
