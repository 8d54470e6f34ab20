import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import {
  API,
  APIException,
  APINotFoundException,
  type ApiPath,
  absent,
  copy,
  move,
  type Path,
  present,
  snapshot,
  start,
} from '../../src/index.ts'
import { missingReason } from '../daemon/index.ts'
import { listen } from '../servers/server.ts'
import { after, before, describe, it } from './node-test.ts'
import { describeOnServers, type Running, serversOverSocket, startServer } from './servers.ts'
import { recordTransactions } from './transactions.ts'

const FORCE = { force: true }
const content = { query: { path: '/root/content' } }

describeOnServers(
  'Copying and moving on one server',
  running => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')
    before(() => present(rest().projects.path('other'), OTHER))

    it('copies with snapshots or without, once, however many want it', async () => {
      const api = rest()
      await furnish(running(), 'original')
      const copies = await Promise.all(
        [1, 2, 3, 4].map(() => copy(api.instances.original, api.instances.copy)),
      )
      assert.equal(copies.filter(({ changed }) => changed).length, 1)
      await isCopy(api, 'copy', ['daily'])
      const changes = { config: { 'user.mine': 'another' }, snapshots: false }
      assert.equal(
        (await copy(api.instances.original, api.instances.bare, { ...changes, check: true })).changed,
        true,
      )
      assert.equal((await copy(api.instances.original, api.instances.bare, { ...changes })).changed, true)
      await isCopy(api, 'bare', [], 'another')
      await assert.rejects(copy(api.instances.nobody, api.instances.x), APINotFoundException)
      await all(api, ['original', 'copy', 'bare'])
    })

    it('copies and moves between projects', async () => {
      const api = rest()
      const other = api.with({ query: { project: 'other' } })
      await furnish(running(), 'traveller')
      assert.equal(
        (await copy(api.instances.traveller, api.with({ query: { project: 'other' } }).instances.guest))
          .changed,
        true,
      )
      assert.equal(
        (await copy(api.instances.traveller, api.with({ query: { project: 'other' } }).instances.guest))
          .changed,
        false,
      )
      await isCopy(other, 'guest', ['daily'])
      await assert.rejects(
        move(api.instances.traveller, api.with({ query: { project: 'other' } }).instances.guest),
        /another one/,
      )
      assert.equal(
        (await move(api.instances.traveller, api.with({ query: { project: 'other' } }).instances.traveller))
          .changed,
        true,
      )
      assert.equal(
        (await move(api.instances.traveller, api.with({ query: { project: 'other' } }).instances.traveller))
          .changed,
        false,
      )
      assert.equal(
        (
          await move(
            other.instances.traveller,
            other.with({ query: { project: 'other' } }).instances.traveller,
          )
        ).changed,
        false,
      )
      await assert.rejects(api.instances.path('traveller').get(), APINotFoundException)
      assert.equal((await move(other.instances.traveller, other.instances.stayer)).changed, true)
      await isCopy(other, 'stayer', ['daily'])
      await assert.rejects(
        move(api.instances.nobody, api.with({ query: { project: 'other' } }).instances.nobody),
        APINotFoundException,
      )
      await all(other, ['guest', 'stayer'])
    })
  },
  serversOverSocket(),
)

describe('Copying and moving between two servers', { skip: missingReason('lxd') }, () => {
  let one: Running
  let two: Running
  before(async () => {
    const lxd = serversOverSocket().filter(({ kind }) => kind === 'lxd')
    const started = await Promise.all([...lxd, ...lxd].map(startServer))
    // True: both have started.
    ;[one, two] = started as [Running, Running]
  })
  after(() => Promise.all([one, two].map(({ daemon }) => daemon?.stop())))

  it('says before anything is sent that neither can call the other', async () => {
    await furnish(one, 'stuck')
    const { transactions } = await recordTransactions(() =>
      assert.rejects(
        copy(restOf(one).instances.stuck, two.api['1.0'].instances.stuck),
        /set core\.https_address so that either/,
      ),
    )
    assert.ok(
      transactions.every(transaction => transaction.startsWith('GET ')),
      transactions.join(),
    )
  })

  it('pushes where only the target listens, and pulls where the source does', async () => {
    await two.daemon.listenHttps()
    await furnish(one, 'pushed')
    await assert.rejects(
      copy(restOf(one).instances.pushed, two.api['1.0'].instances.pushed, { mode: 'pull' }),
      /the source listens/,
    )
    assert.equal((await copy(restOf(one).instances.pushed, two.api['1.0'].instances.pushed)).changed, true)
    assert.equal((await copy(restOf(one).instances.pushed, two.api['1.0'].instances.pushed)).changed, false)
    await isCopy(restOf(two), 'pushed', ['daily'])
    await one.daemon.listenHttps()
    await start(restOf(one).instances.pushed)
    const pulled = two.api['1.0'].instances.pulled
    const copies = await Promise.all(
      [1, 2, 3].map(() => copy(restOf(one).instances.pushed, pulled, { mode: 'pull' })),
    )
    assert.equal(copies.filter(({ changed }) => changed).length, 1)
    await isCopy(restOf(two), 'pulled', ['daily'])
    await start(restOf(two).instances.pulled)
  })

  it('pushes where the target can’t reach the source', async t => {
    await Promise.all([one, two].map(({ daemon }) => daemon.listenHttps()))
    await furnish(one, 'detour')
    const source = API.factory({ baseUrl: await misinform(t, one.daemon.socketPath) })
    assert.equal((await copy(source['1.0'].instances.detour, two.api['1.0'].instances.detour)).changed, true)
    await isCopy(restOf(two), 'detour', ['daily'])
  })

  it('moves what is stopped, and keeps its identity', async () => {
    await one.daemon.listenHttps()
    const api = restOf(one)
    await furnish(one, 'mover')
    await start(api.instances.mover)
    await assert.rejects(
      move(api.instances.mover, two.api['1.0'].instances.mover),
      /It is Running: stop it before/,
    )
    await present(api.instances.mover, { status: 'Stopped' }, FORCE)
    const uuid = await uuidOf(api, 'mover')
    assert.equal(
      (await move(api.instances.mover, two.api['1.0'].instances.mover, { check: true })).changed,
      true,
    )
    assert.equal((await move(api.instances.mover, two.api['1.0'].instances.mover)).changed, true)
    assert.equal((await move(api.instances.mover, two.api['1.0'].instances.mover)).changed, false)
    assert.equal(await uuidOf(restOf(two), 'mover'), uuid)
    await isCopy(restOf(two), 'mover', ['daily'])
    await assert.rejects(api.instances.path('mover').get(), APINotFoundException)
    await assert.rejects(move(api.instances.nobody, two.api['1.0'].instances.nobody), APINotFoundException)
  })

  it('takes up a move that ended between the copy and the deletion', async () => {
    await one.daemon.listenHttps()
    const api = restOf(one)
    await furnish(one, 'halfway')
    // What move() does first; then its process ends.
    const { config } = (await api.instances.path('halfway').get()).metadata
    const identity = { 'volatile.uuid': config['volatile.uuid'] }
    await copy(api.instances.halfway, two.api['1.0'].instances.halfway, { config: identity })
    const { transactions, value } = await recordTransactions(() =>
      move(api.instances.halfway, two.api['1.0'].instances.halfway),
    )
    assert.equal(value.changed, true)
    assert.deepEqual(
      transactions.filter(one => !one.startsWith('GET ')),
      ['DELETE /1.0/instances/halfway'],
    )
    await isCopy(restOf(two), 'halfway', ['daily'])
    await furnish(one, 'halfway')
    await assert.rejects(
      move(api.instances.halfway, two.api['1.0'].instances.halfway),
      /another one of that name/,
    )
  })

  it('goes from LXD to Incus, and back without snapshots only', { skip: missingReason('incus') }, async t => {
    const [incus] = serversOverSocket().filter(({ kind }) => kind === 'incus')
    assert.ok(incus)
    const three = await startServer(incus)
    t.after(() => three.daemon.stop())
    await Promise.all([one, two, three].map(({ daemon }) => daemon.listenHttps()))
    await furnish(one, 'emigrant')
    assert.equal(
      (await move(restOf(one).instances.emigrant, three.api['1.0'].instances.emigrant)).changed,
      true,
    )
    await isCopy(restOf(three), 'emigrant', ['daily'])
    await start(restOf(three).instances.emigrant)
    await present(restOf(three).instances.emigrant, { status: 'Stopped' }, FORCE)

    await snapshot(restOf(three).instances.emigrant, 'there')
    const { transactions } = await recordTransactions(() =>
      assert.rejects(
        move(restOf(three).instances.emigrant, two.api['1.0'].instances.emigrant),
        (error: unknown) => {
          assert.ok(error instanceof APIException)
          assert.match(error.message, /LXD \S+ can't take over snapshots of Incus .*snapshots: false/)
          return true
        },
      ),
    )
    assert.ok(
      transactions.every(transaction => transaction.startsWith('GET ')),
      transactions.join(),
    )
    assert.equal(
      (await move(restOf(three).instances.emigrant, two.api['1.0'].instances.emigrant, { snapshots: false }))
        .changed,
      true,
    )
    await isCopy(restOf(two), 'emigrant', [])
    await start(restOf(two).instances.emigrant)
  })
})

const OTHER = { config: { 'features.images': false, 'features.profiles': false } }

function restOf({ api }: Running): Path {
  return (api as ApiPath).path('1.0')
}

/** A server like the one behind a socket, but for the address it tells, where nobody listens. */
async function misinform(t: TestContext, socketPath: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const behind = request({ socketPath, method, path: url, headers }, async answer => {
      const body = await text(answer)
      const told =
        url === '/1.0' ? body.replace(/"addresses":\[[^\]]*\]/, '"addresses":["127.0.0.1:1"]') : body
      outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(told)
    })
    incoming.pipe(behind)
  })
  return listen(t, server)
}

async function furnish({ api, image }: Running, name: string): Promise<void> {
  const source = { type: 'image', fingerprint: image } as const
  await present(api['1.0'].instances[name], { source, config: { 'user.mine': 'kept' } })
  await (api as ApiPath).path('1.0', 'instances', name, 'files').post(name, content)
  await snapshot(api['1.0'].instances[name], 'daily')
}

/** Is it like what furnish() has made? */
async function isCopy(api: Path, name: string, snapshots: readonly string[], mine = 'kept'): Promise<void> {
  const instance = api.instances.path(name)
  const { metadata } = await instance.get({ query: { recursion: 1 } })
  assert.equal(metadata.config['user.mine'], mine)
  assert.deepEqual(
    (metadata.snapshots ?? []).map((one: { name: string }) => one.name),
    snapshots,
  )
  assert.equal(typeof (await (await instance.files.get(content)).text()), 'string')
}

async function uuidOf(api: Path, name: string): Promise<string> {
  return (await api.instances.path(name).get()).metadata.config['volatile.uuid']
}

async function all(api: Path, names: readonly string[]): Promise<void> {
  for (const name of names) await absent(api.instances[name])
}
