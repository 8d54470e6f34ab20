import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  APIException,
  APIForbiddenException,
  APINotFoundException,
  type Change,
  type Path,
  type WatchOptions,
  watch,
} from '../../../src/index.ts'
import { failure, type Received, type Reply, sync, until } from '../../servers/server.ts'
import { type Peer, servePeers } from '../../servers/websocket-peer.ts'
import { follow } from './replica.ts'

interface Profile {
  readonly name: string
  readonly description: string
}

/** A server with profiles that a test changes, and whose events it sends. */
class Profiles {
  readonly items = new Map<string, Profile>()
  /** What is answered in place of the next requests. */
  readonly instead: Reply[] = []
  readonly sent: string[] = []
  isClustered = false
  /** How many requests there were, answered or not. */
  arrived = 0
  api!: Path
  peers: readonly Peer[] = []
  /** How many had subscribed when the list was read first. */
  subscribers: number | undefined
  /** Holds answers back until it resolves. */
  hold: Promise<unknown> | undefined

  static async start(t: TestContext, ...names: readonly string[]): Promise<Profiles> {
    const profiles = new Profiles()
    for (const name of names) profiles.items.set(name, { name, description: '' })
    const served = await servePeers(t, undefined, (received, response) => {
      const reply = () => profiles.#answer(received)
      profiles.arrived += 1
      if (profiles.hold === undefined) return reply()
      void profiles.hold.then(() => {
        const { status = 200, json } = reply()
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
      })
      return undefined
    })
    return Object.assign(profiles, { api: served.api, peers: served.peers })
  }

  /** Tells of a change; `send` tells it to the latest subscriber. */
  event(action: string, name: string, context?: object): void {
    const metadata = { action: `profile-${action}`, source: `/1.0/profiles/${name}`, context }
    this.peers
      .at(-1)
      ?.send(JSON.stringify({ type: 'lifecycle', timestamp: '', project: 'default', metadata }))
  }

  change(name: string, description: string): void {
    this.items.set(name, { name, description })
    this.event('updated', name)
  }

  delete(name: string): void {
    this.items.delete(name)
    this.event('deleted', name)
  }

  #answer({ url }: Received): Reply {
    this.sent.push(url)
    this.subscribers ??= this.peers.length
    const reply = this.instead.shift()
    if (reply !== undefined) return reply
    if (url === '/1.0') return sync({ environment: { server_clustered: this.isClustered } })
    if (url.startsWith('/1.0/profiles?')) return sync([...this.items.values()])
    const item = this.items.get(url.slice('/1.0/profiles/'.length))
    return item === undefined ? failure(404, 'not found') : sync(item)
  }
}

async function open(t: TestContext, names: readonly string[] = ['a', 'b'], options?: WatchOptions<Profile>) {
  const server = await Profiles.start(t, ...names)
  const live = await watch(server.api.profiles, options)
  t.after(() => live.close())
  server.sent.length = 0
  server.arrived = 0
  return { server, live, ...follow(live) }
}

async function take<Item>(changes: AsyncIterable<Change<Item>>, count: number): Promise<Change<Item>[]> {
  const taken: Change<Item>[] = []
  for await (const change of changes) if (taken.push(change) === count) break
  return taken
}

test('watch() subscribes before it lists, and has the items by their names', async t => {
  const server = await Profiles.start(t, 'a', 'b')
  await using live = await watch(server.api.profiles)
  assert.equal(server.subscribers, 1)
  const { url } = server.peers[0]?.request ?? {}
  assert.equal(url, '/1.0/events?type=lifecycle%2Coperation&project=default')
  assert.deepEqual(server.sent, ['/1.0/profiles?recursion=1', '/1.0'])
  assert.equal(live.size, 2)
  assert.deepEqual([...live.names()], ['a', 'b'])
  assert.deepEqual(live.get('b'), { name: 'b', description: '' })
  assert.deepEqual([...live], [...server.items.values()])
  assert.equal(live.get('c'), undefined)
})

test('an event leads to a GET of its item, and to a change that says what differs', async t => {
  const { server, live } = await open(t)
  const changes = live.changes()
  server.change('a', 'new')
  const { value } = await changes.next()
  assert.ok(value?.type === 'changed')
  assert.deepEqual(value.difference, [{ path: ['description'], from: '', to: 'new' }])
  assert.deepEqual(
    [value.name, value.previous, value.item],
    ['a', { name: 'a', description: '' }, live.get('a')],
  )
  assert.deepEqual(server.sent, ['/1.0/profiles/a'])
})

test('a burst costs two GETs of an item', async t => {
  const { server, live, replica } = await open(t)
  let release = () => {}
  server.hold = new Promise<void>(resolve => {
    release = resolve
  })
  server.change('a', '1')
  await until(() => server.arrived === 1)
  for (let n = 2; n <= 1000; n++) server.change('a', String(n))
  server.hold = undefined
  release()
  await until(() => live.get('a')?.description === '1000' && replica.equals(live))
  assert.ok(server.sent.length <= 2, String(server.sent))
})

test('what a server changes only after it told of it is seen as well', async t => {
  const { server, live } = await open(t)
  server.event('updated', 'a')
  await until(() => server.sent.length === 1)
  server.items.set('a', { name: 'a', description: 'late' })
  await until(() => live.get('a')?.description === 'late')
  assert.deepEqual(server.sent, ['/1.0/profiles/a', '/1.0/profiles/a'])
})

test('1,000 events of 300 items at once cost two lists and a few GETs, and tell each item once', async t => {
  const names = Array.from({ length: 300 }, (_, n) => `p${n}`)
  const { server, live, replica } = await open(t, names)
  for (let n = 0; n < 1000; n++)
    server.change(names[n % names.length] ?? '', String(Math.floor(n / names.length)))
  await until(() => live.get('p99')?.description === '3' && live.get('p299')?.description === '2')
  await until(() => replica.equals(live))
  const lists = server.sent.filter(url => url === '/1.0/profiles?recursion=1')
  assert.ok(lists.length >= 1 && lists.length <= 2, String(server.sent))
  assert.ok(server.sent.length <= 20, `${server.sent.length} requests`)
  assert.ok(replica.told.length <= 320, `${replica.told.length} changes`)
})

test('an item that is gone is gone, whatever order things arrive in', async t => {
  const { server, live, replica } = await open(t)
  server.delete('a')
  server.event('updated', 'a')
  server.event('created', 'a')
  await until(() => replica.told.includes('removed a'))
  server.change('b', 'last')
  await until(() => replica.told.includes('changed b'))
  assert.equal(live.get('a'), undefined)
  assert.deepEqual(replica.told, ['removed a', 'changed b'])
})

test('a rename is told once, with both names', async t => {
  const { server, live, replica } = await open(t)
  server.items.delete('a')
  server.items.set('c', { name: 'c', description: '' })
  server.event('renamed', 'c', { old_name: 'a' })
  await until(() => replica.told.length > 0)
  assert.deepEqual(replica.told, ['renamed c'])
  assert.deepEqual([...live.names()].sort(), ['b', 'c'])
})

test('a lost connection makes the list stale at once, and the next one brings the changes in between', async t => {
  const { server, live, replica } = await open(t)
  server.items.delete('a')
  server.items.set('c', { name: 'c', description: '' })
  server.peers[0]?.socket.destroy()
  await until(() => replica.told.length > 0)
  assert.deepEqual([replica.told, live.isStale], [['stale'], true])
  await until(() => replica.told.includes('synced'))
  assert.deepEqual([replica.told, live.isStale], [['stale', 'removed a', 'added c', 'synced'], false])
})

test('an error that may pass makes the list stale until it is read again', async t => {
  const { server, live, replica } = await open(t)
  server.instead.push(failure(503, 'starting'), failure(500, 'database is locked'))
  server.change('a', 'new')
  await until(() => replica.told.includes('synced'))
  assert.deepEqual(replica.told, ['stale', 'changed a', 'synced'])
  assert.equal(live.isStale, false)
})

test('an error that will not pass ends the changes with it, after those before', async t => {
  const { server, live, ended } = await open(t)
  const waiting = live.changes()
  server.change('a', 'new')
  await until(() => live.get('a')?.description === 'new')
  server.instead.push(failure(403, 'not authorized'), failure(403, 'not authorized'))
  server.event('updated', 'b')
  assert.ok((await ended) instanceof APIForbiddenException)
  assert.equal((await waiting.next()).value?.type, 'changed')
  await assert.rejects(waiting.next(), APIForbiddenException)
  assert.deepEqual(await waiting.next(), { done: true, value: undefined })
  await assert.rejects(live.changes().next(), APIForbiddenException)
  assert.equal(live.isStale, true)
  await until(() => server.peers[0]?.socket.destroyed === true)
})

test('an item that this client may not see is as the list has it', async t => {
  const { server, live, replica } = await open(t)
  server.items.delete('a')
  server.instead.push(failure(403, 'not authorized'))
  server.event('updated', 'a')
  await until(() => live.size === 1)
  assert.deepEqual(
    [replica.told, server.sent],
    [['removed a'], ['/1.0/profiles/a', '/1.0/profiles?recursion=1']],
  )
})

test('an error that may pass ends the changes once it has lasted for reconnectTimeout', async t => {
  const { server, ended } = await open(t, ['a'], { reconnectTimeout: 0.05 })
  server.instead.push(...Array.from({ length: 50 }, () => failure(503, 'starting')))
  server.event('updated', 'a')
  const error = await ended
  assert.ok(error instanceof APIException)
  assert.equal(error.statusCode, 503)
})

test('a filter decides what is in the list, also when an item changes', async t => {
  const { server, live, replica } = await open(t, ['a', 'b'], {
    filter: ({ description }) => description === 'in',
  })
  assert.equal(live.size, 0)
  server.change('a', 'in')
  await until(() => replica.told.length === 1)
  server.change('a', 'out')
  await until(() => replica.told.length === 2)
  assert.deepEqual(replica.told, ['added a', 'removed a'])
})

test('an exception of the filter ends the list with it', async t => {
  const error = new Error('of the filter')
  const { server, ended } = await open(t, ['a'], {
    filter: ({ description }) => {
      if (description === 'bad') throw error
      return true
    },
  })
  server.change('a', 'bad')
  assert.equal(await ended, error)
})

test('several iterations have all changes each, and one that is left does not end the list', async t => {
  const { server, live } = await open(t)
  const [first, second] = [live.changes(), live.changes()]
  server.change('a', 'new')
  assert.equal((await take(first, 1))[0]?.type, 'changed')
  server.change('b', 'new')
  assert.deepEqual(
    (await take(second, 2)).map(change => 'name' in change && change.name),
    ['a', 'b'],
  )
  assert.equal(live.isStale, false)
  assert.deepEqual(await first.next(), { done: true, value: undefined })
})

test('iterating over watch() itself tells all items first, and leaving the loop closes the connection', async t => {
  const server = await Profiles.start(t, 'a')
  const told = await take(watch(server.api.profiles), 2)
  assert.deepEqual(
    told.map(({ type }) => type),
    ['added', 'synced'],
  )
  await until(() => server.peers[0]?.socket.destroyed === true)
})

test('close() ends the changes, and closes the connection', async t => {
  const { server, live, ended } = await open(t)
  await live.close()
  assert.equal(await ended, undefined)
  assert.equal(live.isStale, true)
  await until(() => server.peers[0]?.socket.destroyed === true)
})

test('the signal ends the changes with its reason, and nothing is opened once it is aborted', async t => {
  const controller = new AbortController()
  const { signal } = controller
  const { server, ended } = await open(t, ['a'], { signal })
  const reason = new Error('enough')
  controller.abort(reason)
  assert.equal(await ended, reason)
  await until(() => server.peers[0]?.socket.destroyed === true)
  await assert.rejects(async () => await watch(server.api.profiles, { signal }), reason)
  assert.equal(server.peers.length, 1)
})

test('poll reads the list again, for what causes no event', async t => {
  const { server, replica } = await open(t, ['a'], { poll: 0.01 })
  server.items.set('a', { name: 'a', description: 'silent' })
  await until(() => replica.told.length === 1)
  assert.deepEqual(replica.told, ['changed a'])
})

test('in a cluster the list is read every 30 s, unless a pace is given', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const server = await Profiles.start(t, 'a')
  server.isClustered = true
  await using paced = await watch(server.api.profiles, { poll: 3600 })
  assert.deepEqual(server.sent, ['/1.0/profiles?recursion=1'])
  await using live = await watch(server.api.profiles)
  server.sent.length = 0
  server.items.set('a', { name: 'a', description: 'silent' })
  t.mock.timers.tick(29_999)
  assert.deepEqual(server.sent, [])
  t.mock.timers.tick(1)
  await until(() => live.get('a')?.description === 'silent')
  assert.equal(paced.get('a')?.description, '')
})

test('watch() rejects where the server refuses, and leaves no connection', async t => {
  const server = await Profiles.start(t)
  server.instead.push(failure(404, 'Project not found'))
  await assert.rejects(async () => await watch(server.api.profiles), APINotFoundException)
  await until(() => server.peers[0]?.socket.destroyed === true)
})

test('an answer that is none of the list is an exception', async t => {
  const server = await Profiles.start(t)
  for (const metadata of [null, {}, 'text', [7], [{}], [{ name: '' }]]) {
    server.instead.push(sync(metadata))
    const opening = async () => void (await (await watch(server.api.profiles)).close())
    if (metadata === null) await opening()
    else await assert.rejects(opening, /The answer has/)
  }
})

test('what is no list, or none whose items cause events, is refused before anything is sent', async t => {
  const { api, sent } = await Profiles.start(t)
  const { instances } = api
  for (const path of [instances.web, api, api.operations, api.warnings, instances.web?.state] as Path[])
    await assert.rejects(async () => await watch(path), {
      name: 'TypeError',
      message: `watch(): give the path of a list whose items cause events (api.instances), not ${path}`,
    })
  const filtered = api.with({ query: { filter: 'name eq a' } }).profiles
  await assert.rejects(async () => await watch(filtered as Path), /without a filter/)
  for (const options of [
    { poll: 0 },
    { filter: 'name eq a' as never },
    { idleTimeout: -1 },
    { reconnectTimeout: 0 },
  ])
    await assert.rejects(async () => await watch(api.profiles as Path, options), TypeError)
  assert.deepEqual(sent, [])
})
