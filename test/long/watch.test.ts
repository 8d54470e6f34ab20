import assert from 'node:assert/strict'
import fc from 'fast-check'
import { API, APIException, type ApiPath, type LiveList, type Path, watch } from '../../src/index.ts'
import { describe, it } from '../integration/node-test.ts'
import { type Running, serversOverSocket, startServer } from '../integration/servers.ts'
import { contentOf, follow } from '../shortcuts/watch/replica.ts'
import { untilTrue } from './patience.ts'
import { SEED } from './seed.ts'

// Several clients create, rename, change and delete the same few things, while the daemon is killed and started again.

const CLIENTS = 3
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f']
const RUNS = Number(process.env['LXDAPI_RUNS'] ?? 8)

const name = fc.constantFrom(...NAMES)
const step = fc.record({
  act: fc.constantFrom('create', 'rename', 'change', 'start', 'delete'),
  name,
  other: name,
})
const lanes = fc.array(fc.array(step, { minLength: 5, maxLength: 25 }), {
  minLength: CLIENTS,
  maxLength: CLIENTS,
})
const plan = fc.record({ lanes, kill: fc.option(fc.nat(400)) })

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Act = (path: Path, image: string, step: Step) => Promise<unknown>

for (const server of serversOverSocket()) {
  describe(`a list that is watched, on ${server.label}`, { skip: server.missing }, () => {
    it('is the same as a fresh one after whatever clients did to profiles, and each change is told once', async () => {
      await tryPlans(await startServer(server), 'profiles', (profiles, _image, { act, name, other }) => {
        if (act === 'create') return profiles.post({ name })
        if (act === 'rename') return profiles.path(name).post({ name: other })
        if (act === 'delete') return profiles.path(name).delete()
        return profiles.path(name).patch({ description: String(Math.random()) })
      })
    })

    it('is the same as a fresh one after whatever clients did to instances, and each change is told once', async () => {
      await tryPlans(await startServer(server), 'instances', (instances, image, { act, name, other }) => {
        const instance = instances.path(name)
        if (act === 'create')
          return instances.post({ name, source: { type: 'image', fingerprint: image } }).wait()
        if (act === 'rename') return instance.post({ name: other }).wait()
        if (act === 'delete') return instance.delete().wait()
        if (act === 'start') return instance.state.put({ action: 'start' }).wait()
        return instance.patch({ config: { 'user.x': String(Math.random()) } }).wait()
      })
    })
  })
}

async function tryPlans(running: Running, collection: string, act: Act): Promise<void> {
  const list = restOf(running.api).path(collection)
  const clients = Array.from({ length: CLIENTS }, () => API.factory(running.daemon.connection))
  try {
    await using live = await watch(list)
    const { replica, ended } = follow(live)
    void ended.then(error => assert.ifError(error))
    await fc.assert(
      fc.asyncProperty(plan, async ({ lanes, kill }) => {
        const work = lanes.map(async (steps, index) => {
          const path = restOf(clients[index] as ApiPath).path(collection)
          for (const one of steps) await ignoreRefusal(act(path, running.image, one))
        })
        if (kill !== null) await killSoon(running, kill)
        await Promise.all(work)
        await untilTrue(async () => !live.isStale && (await isFresh(live, list)))
        await untilTrue(() => replica.equals(live))
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
    await live.close()
    assert.equal(await ended, undefined)
  } finally {
    for (const api of [...clients, running.api]) await api.close()
    await running.daemon.stop()
  }
}

async function killSoon({ daemon }: Running, ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
  await daemon.kill()
  await daemon.start()
}

async function isFresh(live: LiveList<unknown>, list: Path): Promise<boolean> {
  const { metadata } = await list.get({ query: { recursion: 1 } })
  const fresh = new Map<string, unknown>(metadata.map((item: { name: string }) => [item.name, item]))
  return contentOf(fresh) === contentOf(new Map([...live.names()].map(name => [name, live.get(name)])))
}

async function ignoreRefusal(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof APIException)) throw error
  }
}

function restOf(api: ApiPath): Path {
  return api.path('1.0')
}
