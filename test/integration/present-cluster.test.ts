import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import {
  API,
  type ApiPath,
  absent,
  copy,
  move,
  type Path,
  present,
  snapshot,
  start,
} from '../../src/index.ts'
import { buildImage, type Cluster, missingReason, startCluster } from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'
import { recordTransactions } from './transactions.ts'

describe('Desired state of a cluster', { skip: missingReason('lxd') }, () => {
  let cluster: Cluster
  // The same cluster, by two of its members.
  let api: Path
  let other: Path
  let image: string

  before(async () => {
    cluster = await startCluster()
    // True: there are three members.
    ;[api, other] = cluster.members.map(({ connection }) => restOf(API.factory(connection))) as [Path, Path]
    const headers = { 'content-type': 'application/octet-stream' }
    const upload = await api.images.post(createReadStream(buildImage()), { headers }).wait()
    image = upload.metadata.metadata.fingerprint
  })
  after(() => cluster?.stop())

  it('a cluster group comes, is brought back and goes, with its members', async () => {
    const path = api.cluster.groups.path('fast')
    const desired = { description: 'ours', members: ['n2', 'n1'] }
    await comesOnce(path, desired)
    await path.put({ description: 'theirs', members: ['n2', 'n1'] })
    assert.deepEqual((await present(path, desired)).difference, [
      { path: ['description'], from: 'theirs', to: 'ours' },
    ])
    await path.put({ description: 'ours', members: ['n3'] })
    assert.deepEqual((await present(path, desired)).difference, [
      { path: ['members'], from: ['n3'], to: ['n2', 'n1'] },
    ])
    await goesOnce(path)
  })

  it('a storage pool is created on all members, also where somebody began it on one', async () => {
    const desired = { driver: 'dir', description: 'ours', config: { 'user.mine': 1 } }
    const whole = api['storage-pools'].path('whole')
    await comesOnce(whole, desired)
    const begun = api['storage-pools'].path('begun')
    await api['storage-pools'].post({ name: 'begun', driver: 'dir' }, { query: { target: 'n1' } })
    assert.equal((await begun.get()).metadata.status, 'Pending')
    await comesOnce(begun, desired)
    const { metadata } = await begun.get()
    assert.deepEqual([metadata.status, metadata.locations.toSorted()], ['Created', ['n1', 'n2', 'n3']])
    await begun.patch({ description: 'ours', config: { 'user.mine': '2', 'user.theirs': 'kept' } })
    const { difference, result } = await present(begun, desired)
    assert.deepEqual(difference, [{ path: ['config', 'user.mine'], from: '2', to: '1' }])
    assert.equal(result?.metadata.config['user.theirs'], 'kept')
    await goesOnce(begun)
    await goesOnce(whole)
  })

  it('a network is created on all members, each with its own interface', async () => {
    const path = api.networks.path('outside')
    const desired = { type: 'macvlan', description: 'ours', config: { parent: 'lo', 'user.mine': 1 } }
    await comesOnce(path, desired)
    for (const target of ['n1', 'n2', 'n3'])
      assert.equal((await path.get({ query: { target } })).metadata.config.parent, 'lo')
    await goesOnce(path)
  })

  it('fifty callers at two members create a group, a pool and a profile once', async () => {
    for (const [path, desired] of [
      ['cluster/groups', { members: ['n3'] }],
      ['storage-pools', { driver: 'dir' }],
      ['profiles', { config: { 'user.mine': 1 } }],
    ] as const) {
      const calls = Array.from({ length: 50 }, (_, index) =>
        present((index % 2 === 0 ? api : other).path(...path.split('/'), 'raced'), desired),
      )
      const outcomes = await Promise.all(calls)
      assert.equal(outcomes.filter(({ changed }) => changed).length, 1, path)
      await goesOnce(api.path(...path.split('/'), 'raced'))
    }
  })

  it('a volume and an instance are where they were asked for, whoever asks', async () => {
    const { custom } = api.with({ query: { target: 'n2' } })['storage-pools'].default.volumes
    await comesOnce(custom.path('data'), { config: { 'user.mine': 1 } })
    assert.equal((await other['storage-pools'].default.volumes.custom.data.get()).metadata.location, 'n2')
    await goesOnce(custom.path('data'))
  })

  it('an instance is copied and moved between members, once', async () => {
    const on = api.with({ query: { target: 'n2' } })
    const source = { type: 'image', fingerprint: image }
    await present(on.instances.web, { source, config: { 'user.mine': 1 } })
    await snapshot(api.instances.web, 'daily')
    const locationOf = async (name: string) => (await other.instances.path(name).get()).metadata.location
    assert.equal(await locationOf('web'), 'n2')

    assert.equal(
      (await copy(api.instances.web, api.with({ query: { target: 'n3' } }).instances.copy)).changed,
      true,
    )
    assert.equal(
      (await copy(other.instances.web, other.with({ query: { target: 'n3' } }).instances.copy)).changed,
      false,
    )
    assert.equal(await locationOf('copy'), 'n3')

    assert.equal(
      (await move(api.instances.web, api.with({ query: { target: 'n1' } }).instances.web, { check: true }))
        .changed,
      true,
    )
    assert.equal(
      (await move(api.instances.web, api.with({ query: { target: 'n1' } }).instances.web)).changed,
      true,
    )
    assert.equal(
      (await move(other.instances.web, other.with({ query: { target: 'n1' } }).instances.web)).changed,
      false,
    )
    assert.equal(await locationOf('web'), 'n1')
    assert.deepEqual((await api.instances.web.snapshots.get()).metadata, [
      '/1.0/instances/web/snapshots/daily',
    ])

    assert.equal(
      (await move(api.instances.web, api.with({ query: { target: 'n2' } }).instances.www)).changed,
      true,
    )
    assert.equal(
      (await move(api.instances.web, api.with({ query: { target: 'n2' } }).instances.www)).changed,
      false,
    )
    assert.equal(await locationOf('www'), 'n2')
    await start(api.instances.www)
    // Live migration takes CRIU: the server's own words come through, and it runs on where it was.
    await assert.rejects(
      move(api.instances.www, api.with({ query: { target: 'n3' } }).instances.www),
      /www.* nothing was changed; it is Running/,
    )
    await Promise.all(['copy', 'www'].map(name => absent(other.instances[name])))
  })
})

function restOf(api: unknown): Path {
  // True: what API.factory() gives is a path.
  return (api as ApiPath).path('1.0')
}

async function comesOnce(path: Path, desired: object): Promise<void> {
  assert.equal((await present(path, desired, { check: true })).changed, true)
  assert.equal((await present(path, desired)).changed, true)
  const { value, transactions } = await recordTransactions(() => present(path, desired))
  assert.deepEqual(value.difference, [])
  assert.equal(transactions.length, 1)
}

async function goesOnce(path: Path): Promise<void> {
  assert.equal((await absent(path)).changed, true)
  const { value, transactions } = await recordTransactions(() => absent(path))
  assert.equal(value.changed, false)
  // Somebody might just be creating it.
  const urls = transactions.map(transaction => transaction.split('?')[0])
  assert.deepEqual(urls, [`GET ${path}`, 'GET /1.0/operations'])
}
