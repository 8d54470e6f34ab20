import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiPath, type LiveList, type Path, present, rename, watch } from '../../src/index.ts'
import { contentOf, follow } from '../shortcuts/watch/replica.ts'
import { it } from './node-test.ts'
import { openConnections } from './open-connections.ts'
import { listResources, ownNames, type Resource } from './resources.ts'
import { describeOnServers, type Running, serversOverSocket, startServer } from './servers.ts'

describeOnServers(
  'watch()',
  (running, server) => {
    it('follows each kind of list through creation, change, rename and deletion', async t => {
      const resources = listResources(running(), ownNames())
      for (const resource of resources) {
        const { title, skip = false } = resource
        await t.test(`${title} is created, changed and renamed`, { skip }, () => followItem(resource))
      }
      for (const { title, path, skip = false } of resources.toReversed())
        await t.test(`${title} is deleted`, { skip }, () => followDeletion(path))
    })

    it('follows an instance as it starts, freezes and stops, without a request for what is done in it', async () => {
      const { api, image } = running()
      await using live = await watch(api['1.0'].instances)
      const { state } = api['1.0'].instances.web
      await api['1.0'].instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
      for (const [action, status] of [
        ['start', 'Running'],
        ['freeze', 'Frozen'],
        ['unfreeze', 'Running'],
        ['stop', 'Stopped'],
      ] as const) {
        await state.put({ action, force: action === 'stop' }).wait()
        await untilTrue(() => live.get('web')?.status === status, status)
      }
      await api['1.0'].instances.web.delete().wait()
      await untilTrue(() => live.get('web') === undefined, 'gone')
    })

    it('follows what an instance has from its profiles', async () => {
      const { api, image } = running()
      await api['1.0'].profiles.post({ name: 'base' })
      await using live = await watch(api['1.0'].instances)
      const source = { type: 'image', fingerprint: image } as const
      await api['1.0'].instances.post({ name: 'based', profiles: ['default', 'base'], source }).wait()
      await api['1.0'].profiles.path('base').patch({ config: { 'user.base': 'new' } })
      await untilTrue(() => live.get('based')?.expanded_config?.['user.base'] === 'new', 'the profile')
      await api['1.0'].instances.path('based').delete().wait()
    })

    it('follows all projects, and what a project shares with the default one', async () => {
      const rest = restOf(running())
      const config = { 'features.profiles': 'false', 'features.images': 'false' }
      await rest.projects.post({ name: 'p2', config })
      const { instances } = rest.with({ query: { 'all-projects': true } })
      const p2 = rest.with({ query: { project: 'p2' } })
      await using everywhere = await watch(instances)
      await using here = await watch(rest.instances)
      await using shared = await watch(p2.profiles)
      const source = { type: 'image', fingerprint: running().image }
      for (const path of [p2, rest]) await path.instances.post({ name: 'c1', source }).wait()
      await untilTrue(() => everywhere.size === 2 && here.size === 1, 'two projects')
      assert.deepEqual([...everywhere.names()].sort(), ['default/c1', 'p2/c1'])
      assert.equal(everywhere.get('p2/c1').project, 'p2')
      await rest.profiles.post({ name: 'shared' })
      await untilTrue(() => shared.get('shared') !== undefined, 'a profile of the default project')
      for (const path of [p2, rest]) await path.instances.c1.delete().wait()
      await untilTrue(() => everywhere.size === 0, 'both are gone')
    })

    it('goes on after the daemon was killed, and leaves no connection behind', async () => {
      const own = await startServer(server)
      try {
        const { profiles } = restOf(own)
        const before = openConnections()
        const live = await watch(profiles as Path)
        const { replica, ended } = follow<unknown>(live)
        await own.daemon.kill()
        await untilTrue(() => live.isStale, 'stale')
        await own.daemon.start()
        await own.daemon.request('POST', '/1.0/profiles', { name: 'missed' })
        await untilTrue(() => !live.isStale && live.size === 2, 'synced')
        await profiles.path('missed').delete()
        await untilTrue(() => live.size === 1, 'deleted')
        await live.close()
        assert.equal(await ended, undefined)
        assert.deepEqual([replica.told[0], replica.told.at(-1)], ['stale', 'removed missed'])
        assert.ok(replica.told.includes('synced'))
        await untilTrue(() => openConnections() <= before + 1, 'closed')
      } finally {
        await own.api.close()
        await own.daemon.stop()
      }
    })
  },
  serversOverSocket(),
)

async function followItem({ path, desired, spoil }: Resource): Promise<void> {
  const list = listOf(path)
  const live = await watch(list)
  const { replica, ended } = follow<unknown>(live)
  await present(path, desired)
  await untilFresh(live, list)
  const { metadata } = await path.get()
  spoil(metadata)
  await path.put(metadata).wait()
  await untilFresh(live, list)
  await renameThereAndBack(path, list, () => untilFresh(live, list))
  await untilTrue(() => replica.equals(live), 'told')
  await live.close()
  assert.equal(await ended, undefined)
  assert.equal(replica.told[0]?.split(' ')[0], 'added')
  assert.ok(!replica.told.includes('stale'))
}

async function renameThereAndBack(path: Path, list: Path, check: () => Promise<void>): Promise<void> {
  // LXD 5.0 takes 10 s for that of an alias.
  if (String(list).endsWith('/aliases')) return
  const name = decodeURIComponent(String(path).split('/').at(-1) ?? '')
  try {
    await rename(path, 'other-name')
  } catch (error) {
    // Not all can be renamed.
    assert.match(String(error), /not implemented|not found/i)
    return
  }
  await check()
  await rename(list.path('other-name'), name)
  await check()
}

async function followDeletion(path: Path): Promise<void> {
  const list = listOf(path)
  await using live = await watch(list)
  const { size } = live
  await path.delete().wait()
  await untilTrue(() => live.size === size - 1, 'one less')
}

function listOf(path: Path): Path {
  return path.forUrl(String(path).replace(/\/[^/]+$/, ''))
}

async function untilFresh(live: LiveList<unknown>, list: Path): Promise<void> {
  await untilTrue(async () => {
    await using fresh = await watch(list, { poll: 3600 })
    return itemsOf(fresh) === itemsOf(live)
  }, String(list))
}

function itemsOf(list: LiveList<unknown>): string {
  return contentOf(new Map([...list.names()].map(name => [name, list.get(name)])))
}

async function untilTrue(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let turn = 0; !(await condition()); turn++) {
    assert.ok(turn < 1000, `it never came to this: ${what}`)
    await delay(10)
  }
}

function restOf({ api }: Running): Path {
  return (api as ApiPath).path('1.0')
}
