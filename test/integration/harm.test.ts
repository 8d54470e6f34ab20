import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiPath, filePush } from '../../src/index.ts'
import { askAsSecondClient } from '../servers/second-client.ts'
import { untilStill } from '../servers/server.ts'
import {
  type StalledSource,
  stalledIterable,
  stalledReadable,
  stalledWebStream,
} from '../servers/stalled-source.ts'
import { ABORT_KINDS, type AbortTarget, abortAtOnce, CONTAINER, prepareAborts } from './abort-kinds.ts'
import { ConnectionWatch, countConnections } from './connection-watch.ts'
import { after, before, it } from './node-test.ts'
import { describeOnServers, type Running } from './servers.ts'

// A connection that is open and silent keeps the servers from accepting any other, so that a client that is called off
// could stop the whole server for all others.

const COUNTS = [1, 20]
const CONTENT = Buffer.from('late')

const SOURCES: Readonly<Record<string, () => StalledSource>> = {
  Readable: () => stalledReadable([], [CONTENT]),
  'async iterable': () => stalledIterable([], [CONTENT]),
  ReadableStream: () => stalledWebStream([], [CONTENT]),
}

// Of all connections, also those that are made while a server is set up.
const watch = new ConnectionWatch()
after(() => watch[Symbol.dispose]())

describeOnServers('a second client', running => {
  let target: AbortTarget

  before(async () => {
    target = await prepareAborts(running(), watch)
  })

  for (const kind of ABORT_KINDS) {
    for (const count of COUNTS) {
      it(`is answered after ${kind.name}, aborted ${times(count)}`, async () => {
        await abortAtOnce(kind, target, count)
        await assertNoHarm(running())
      })
    }
  }

  for (const [name, makeSource] of Object.entries(SOURCES)) {
    for (const count of COUNTS) {
      it(`is answered while ${count} uploads by post() wait for a stalled ${name}`, async () => {
        const sources = Array.from({ length: count }, makeSource)
        const files = (running().api as ApiPath).path('1.0', 'instances', CONTAINER, 'files')
        const posted = sources.map(({ body }, n) => files.post(body, uploadTo(`/root/posted-${n}`)))
        await finishLate(sources, posted)
        assert.equal(await (await files.get({ query: { path: '/root/posted-0' } })).text(), String(CONTENT))
      })
    }
  }

  for (const count of COUNTS) {
    it(`is answered while ${count} uploads by filePush() wait for a stalled stream`, async () => {
      const sources = Array.from({ length: count }, () => stalledReadable([], [CONTENT]))
      const { api } = running()
      const pushed = sources.map(({ body }, n) =>
        filePush(api['1.0'].instances[CONTAINER], `/root/late-${n}`, body),
      )
      await finishLate(sources, pushed)
    })
  }

  async function finishLate(
    sources: readonly StalledSource[],
    uploads: readonly Promise<unknown>[],
  ): Promise<void> {
    await until(() => sources.every(({ isAsked }) => isAsked()))
    try {
      await assertNoHarm(running())
    } finally {
      for (const { release } of sources) release()
    }
    await Promise.all(uploads)
  }
})

/** Asserts that a server answers another client, and that no connection of this process is silent. */
async function assertNoHarm({ daemon }: Running): Promise<void> {
  // A connection that is made because of an abort has been made by then.
  await untilStill(() => watch.connectionCount)
  assert.equal(await askAsSecondClient(daemon.connection, '/1.0'), 200)
  await until(() => watch.silentCount === 0)
  // What the watch does not know of would be there for the system only.
  await until(() => countConnections(daemon.connection) === watch.openCount)
}

function uploadTo(path: string): { query: { path: string }; headers: Record<string, string> } {
  return { query: { path }, headers: { 'content-type': 'application/octet-stream', 'X-LXD-type': 'file' } }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times at once`
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 250; turn++) {
    if (condition()) return
    await delay(20)
  }
  assert.fail(`never came true: ${condition}`)
}
