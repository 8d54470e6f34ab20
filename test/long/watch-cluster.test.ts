import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { API, type ApiPath, type LiveList, type Path, watch } from '../../src/index.ts'
import {
  buildImage,
  type Cluster,
  type ClusterMember,
  makeCertificate,
  missingReason,
  startCluster,
} from '../daemon/index.ts'
import { after, before, describe, it } from '../integration/node-test.ts'
import { contentOf, follow } from '../shortcuts/watch/replica.ts'
import { untilTrue } from './patience.ts'

// A member that was killed tells the others nothing of what happened on it until they connect to it again, seconds later.

const { cert, key } = makeCertificate({ name: 'client' })

describe('a list of a cluster that is watched', { skip: missingReason('lxd') }, () => {
  let cluster: Cluster
  let [n1, n2, n3]: ClusterMember[] = []
  before(async () => {
    cluster = await startCluster(3)
    ;[n1, n2, n3] = cluster.members
    await n1?.trust(cert)
    await n1?.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
    const api = restOf(API.factory(n1?.connection))
    for (const [name, target] of Object.entries({ c1: 'n1', c2: 'n2', c3: 'n3' })) {
      const source = { type: 'image', alias: 'busybox' }
      await api.instances.post({ name, source }, { query: { target } }).wait()
      await api.instances.path(name, 'state').put({ action: 'start' }).wait()
    }
  })
  after(() => cluster.stop())

  it('is true again after another member was killed and came back, also of what nobody was told', async t => {
    assert.ok(n1 && n2 && n3)
    const { instances } = restOf(connect(t, n1))
    await using live = await watch(instances as Path, { poll: 1 })
    const { replica, ended } = follow<unknown>(live)
    await n2.kill()
    await untilTrue(() => statusOf(live, 'c2') === 'Error')
    await instances.path('c1').patch({ config: { 'user.while': 'it was gone' } })
    await n2.start()
    // No other member hears of this.
    await n2.request('PATCH', '/1.0/instances/c2', { config: { 'user.told': 'nobody' } })
    await untilTrue(() => statusOf(live, 'c2') === 'Running')
    await untilTrue(() => isFresh(live, instances as Path))
    await untilTrue(() => replica.equals(live))
    await live.close()
    assert.equal(await ended, undefined)
    assert.ok(replica.told.includes('changed c1') && replica.told.includes('changed c2'))
  })

  it('goes on by another member when the one that it is read from is killed', async t => {
    assert.ok(n1 && n2 && n3)
    const baseUrl = [n3.baseUrl, n1.baseUrl]
    const api = API.factory({ baseUrl, serverCert: cluster.serverCert, cert, key })
    t.after(() => api.close())
    const { instances } = restOf(api)
    await using live = await watch(instances as Path, { poll: 1 })
    const { replica, ended } = follow<unknown>(live)
    await n3.kill()
    await untilTrue(() => live.isStale)
    await untilTrue(() => !live.isStale)
    await instances.path('c1').patch({ config: { 'user.by': 'another member' } })
    await n3.start()
    await untilTrue(() => statusOf(live, 'c3') === 'Running')
    await untilTrue(() => isFresh(live, instances as Path))
    await untilTrue(() => replica.equals(live))
    await live.close()
    assert.equal(await ended, undefined)
    assert.equal(replica.told[0], 'stale')
    assert.ok(replica.told.includes('synced'))
  })
})

function connect(t: TestContext, member: ClusterMember): ApiPath {
  const api = API.factory(member.connection)
  t.after(() => api.close())
  return api
}

function statusOf(live: LiveList<unknown>, name: string): unknown {
  // Safe cast: every instance has a status.
  return (live.get(name) as { status: string } | undefined)?.status
}

async function isFresh(live: LiveList<unknown>, instances: Path): Promise<boolean> {
  const { metadata } = await instances.get({ query: { recursion: 1 } })
  const fresh = new Map<string, unknown>(metadata.map((item: { name: string }) => [item.name, item]))
  return contentOf(fresh) === contentOf(new Map([...live.names()].map(name => [name, live.get(name)])))
}

function restOf(api: ApiPath): Path {
  return api.path('1.0')
}
