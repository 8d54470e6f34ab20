import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  API,
  APIException,
  type ApiPath,
  events,
  exec,
  exportTo,
  filePull,
  filePush,
  imagePresent,
  type Path,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { startContainer } from '../integration/live-container.ts'
import { before, it } from '../integration/node-test.ts'
import { describeOnServers, type Running, serversOverSocket } from '../integration/servers.ts'
import { countDescriptors } from '../servers/raw-server.ts'
import { untilSettled, untilTrue } from './patience.ts'
import { answerSizeOf, type Cut, type Recording, startRecorder, startReplay } from './recording.ts'
import { SEED } from './seed.ts'

// Real exchanges, written down and answered again by a server that breaks the connection after each single byte.

/** Something to do with a server, in a folder of its own, which is empty before. */
interface Task {
  readonly name: string
  /** Prepares the real server; returns what the task itself needs to know. */
  readonly prepare?: (running: Running) => Promise<string>
  /** Does it; what it resolves with has to be the same each time. */
  readonly run: (api: Path, folder: string, prepared: string) => Promise<unknown>
  /** The files that it leaves in the folder. */
  readonly files?: readonly string[]
}

const CONTAINER = 'c1'
const FILE = '/root/file'
const CONTENT = randomBytes(1500)
// How many breaks are tried at the same time, each with a server of its own.
const LANES = 16
// For those that make no difference at most bytes, one in so many; at which of them, the seed decides.
const STRIDE = 5
// Seconds, for a server that does not come back.
const EVENTS_RECONNECT_TIMEOUT = 0.1

const tasks: readonly Task[] = [
  { name: 'a GET', run: async api => (await api.path('instances', CONTAINER).get()).metadata },
  {
    name: 'a wait()',
    run: async api => {
      const exec = api.path('instances', CONTAINER, 'exec')
      return (await exec.post({ command: ['sh', '-c', 'exit 3'] }).wait()).metadata.metadata.return
    },
  },
  {
    name: 'filePull() into a file',
    run: async (api, folder) => {
      await filePull(api.instances[CONTAINER], FILE, join(folder, 'pulled'))
      return readFileSync(join(folder, 'pulled'))
    },
    files: ['pulled'],
  },
  { name: 'filePull() into memory', run: api => filePull(api.instances[CONTAINER], FILE) },
  { name: 'filePush()', run: api => filePush(api.instances[CONTAINER], '/root/pushed', CONTENT) },
  {
    name: 'exportTo() of one file',
    prepare: ({ api }) => uploadTinyImage(api, false),
    run: async (api, folder, fingerprint) => {
      await exportTo(api.images[fingerprint], join(folder, 'image'))
      return readFileSync(join(folder, 'image'))
    },
    files: ['image'],
  },
  {
    name: 'exportTo() of two files',
    prepare: ({ api }) => uploadTinyImage(api, true),
    run: async (api, folder, fingerprint) => {
      await exportTo(api.images[fingerprint], join(folder, 'image'))
      return [readFileSync(join(folder, 'image')), readFileSync(join(folder, 'image.root'))]
    },
    files: ['image', 'image.root'],
  },
  {
    name: 'exec()',
    run: api => exec(api.instances[CONTAINER], ['sh', '-c', 'cat; echo err >&2; exit 7'], { input: 'in\n' }),
  },
  { name: 'events()', run: collectEvents },
]

describeOnServers(
  'a connection that breaks after each byte',
  running => {
    let folder: string

    before(async () => {
      folder = createTempFolder()
      await startContainer(running().api, CONTAINER, running().image)
      await filePush(running().api['1.0'].instances[CONTAINER], FILE, CONTENT)
    })

    for (const task of tasks) {
      it(`ends ${task.name} in an exception of this library, or with the right result`, async t => {
        await breakEverywhere(t, task, running(), mkdtempSync(join(folder, 'task-')))
      })
    }
  },
  serversOverSocket(),
)

async function breakEverywhere(t: TestContext, task: Task, running: Running, folder: string): Promise<void> {
  const prepared = (await task.prepare?.(running)) ?? ''
  const { recording, requestSize, expected } = await record(task, running, folder, prepared)
  const cuts = listCuts(answerSizeOf(recording), requestSize)
  const before = countDescriptors()
  const counts = { broken: 0, right: 0 }
  await inLanes(cuts, async (cut, index) => {
    const place = join(folder, String(index))
    const outcome = await untilSettled(attempt(task, recording, cut, place, prepared), JSON.stringify(cut))
    if (outcome.isRight) assert.deepEqual(outcome.value, expected, JSON.stringify(cut))
    counts[outcome.isRight ? 'right' : 'broken'] += 1
  })
  t.diagnostic(`seed ${SEED}: ${counts.broken} exceptions, ${counts.right} right results`)
  assert.ok(counts.broken > 0 && counts.right > 0)
  await untilTrue(() => countDescriptors() <= before)
}

/** Does something with each, some at a time; none is begun after one has failed. */
async function inLanes<T>(
  items: readonly T[],
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()]
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next
      await run(item, index).catch(error => {
        queue.length = 0
        throw error
      })
    }
  }
  await settleAll(Array.from({ length: LANES }, lane))
}

/** Waits for all of them, also for those that go on after one has failed. */
async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises)
  await Promise.all(promises)
}

interface Recorded {
  readonly recording: Recording
  readonly requestSize: number
  readonly expected: unknown
}

async function record(task: Task, { daemon }: Running, folder: string, prepared: string): Promise<Recorded> {
  const place = join(folder, 'recorded')
  mkdirSync(place)
  await using recorder = await startRecorder(join(folder, 'recorder.socket'), daemon.socketPath)
  const root: ApiPath = API.factory(recorder.options)
  const api = root.path('1.0')
  const expected = await task.run(api, place, prepared)
  // Whoever doubts what it was told of an operation reads it, which has to be in the recording.
  for (const id of operationsIn(recorder.recording)) await api.path('operations', id).get()
  await (root as API).close()
  rmSync(place, { recursive: true })
  return { recording: recorder.recording, requestSize: recorder.requestSize(), expected }
}

function operationsIn(recording: Recording): Set<string> {
  const keys = [...recording.keys()].join('\n')
  return new Set([...keys.matchAll(/\/1\.0\/operations\/([-0-9a-f]{36})/g)].map(([, id]) => String(id)))
}

function listCuts(answerSize: number, requestSize: number): Cut[] {
  const all = Array.from({ length: answerSize + 1 }, (_, at) => at)
  const some = all.filter(at => (at + SEED) % STRIDE === 0)
  const sent = Array.from({ length: requestSize }, (_, at) => at).filter(at => (at + SEED) % STRIDE === 0)
  return [
    ...all.map(at => ({ of: 'answers', at, how: 'close' }) as const),
    ...some.map(at => ({ of: 'answers', at, how: 'reset' }) as const),
    ...some.map(at => ({ of: 'answers', at, how: 'die' }) as const),
    ...sent.map(at => ({ of: 'requests', at, how: at % 2 === 0 ? 'close' : 'reset' }) as const),
  ]
}

type Outcome = { readonly isRight: true; readonly value: unknown } | { readonly isRight: false }

async function attempt(
  task: Task,
  recording: Recording,
  cut: Cut,
  place: string,
  prepared: string,
): Promise<Outcome> {
  mkdirSync(place)
  await using replay = await startReplay(`${place}.socket`, recording, cut)
  const root: API = API.factory(replay.options)
  try {
    const value = await task.run((root as ApiPath).path('1.0'), place, prepared)
    assert.deepEqual(readdirSync(place).sort(), task.files ?? [])
    return { isRight: true, value }
  } catch (error) {
    if (!(error instanceof APIException)) throw error
    assert.deepEqual(readdirSync(place), [], `${JSON.stringify(cut)} left something behind`)
    return { isRight: false }
  } finally {
    await root.close()
    rmSync(place, { recursive: true })
  }
}

/** The events of a profile that comes and goes; a gap means that they begin again. */
async function collectEvents(api: Path): Promise<unknown> {
  const stream = await events(api, { type: 'lifecycle', reconnectTimeout: EVENTS_RECONNECT_TIMEOUT })
  await api.profiles.post({ name: 'watched' })
  await api.profiles.path('watched').delete()
  let collected: unknown[] = []
  for await (const event of stream) {
    if (event.type === 'gap') collected = []
    else collected.push(event.metadata)
    if (collected.length === 2) break
  }
  return collected
}

/** Uploads an image of a few hundred bytes, in one file or in two; returns its fingerprint. */
async function uploadTinyImage(api: Running['api'], isSplit: boolean): Promise<string> {
  const dir = createTempFolder()
  const metadata = { architecture: 'x86_64', creation_date: 1, properties: { isSplit: String(isSplit) } }
  writeFileSync(join(dir, 'metadata.yaml'), JSON.stringify(metadata))
  mkdirSync(join(dir, 'rootfs'))
  execFileSync('tar', ['cJf', 'image.tar.xz', 'metadata.yaml', ...(isSplit ? [] : ['rootfs'])], {
    cwd: dir,
  })
  execFileSync('tar', ['cJf', 'rootfs.tar.xz', 'rootfs'], { cwd: dir })
  const file = join(dir, 'image.tar.xz')
  const files = { metadata: file, rootfs: join(dir, 'rootfs.tar.xz') }
  await imagePresent(api, isSplit ? files : file)
  const { metadata: images } = await (api as ApiPath).path('1.0', 'images').get({ query: { recursion: 1 } })
  // Safe cast: these are what a server says of its images.
  const found = (images as { fingerprint: string; properties: Record<string, string> }[]).find(
    ({ properties }) => properties['isSplit'] === String(isSplit),
  )
  assert.ok(found)
  return found.fingerprint
}
