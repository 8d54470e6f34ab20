import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { API, APIConnectionException } from '../../src/index.ts'
import {
  buildImage,
  type Cluster,
  type ClusterMember,
  makeCertificate,
  missingReason,
  startCluster,
} from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'

const { cert, key } = makeCertificate({ name: 'client' })

type Server = ReturnType<typeof API.factory>

/** Counts what undici writes to sockets: by request, and by the port of the member that it goes to. */
function countSent(t: TestContext): Map<string, number> {
  const sent = new Map<string, number>()
  const count = (message: unknown): void => {
    // True: that is what undici tells on this channel.
    const { request, socket } = message as { request: { method: string; path: string }; socket: Socket }
    for (const name of [`${request.method} ${request.path}`, `:${socket.remotePort}`])
      sent.set(name, (sent.get(name) ?? 0) + 1)
  }
  subscribe('undici:client:sendHeaders', count)
  t.after(() => unsubscribe('undici:client:sendHeaders', count))
  return sent
}

async function leaders(member: ClusterMember): Promise<string[]> {
  // True: that is how LXD describes its members.
  const members = (await member.request('GET', '/1.0/cluster/members?recursion=1')) as {
    server_name: string
    roles: string[]
  }[]
  return members
    .filter(({ roles }) => roles.includes('database-leader'))
    .map(({ server_name }) => server_name)
}

/** Resolves with the exit status of a command that sleeps in a container. */
async function sleepInside(api: Server, seconds: number): Promise<unknown> {
  const body = { command: ['sleep', String(seconds)], 'wait-for-websocket': false }
  const { metadata } = await api['1.0'].instances.c2.exec.post(body).wait()
  return metadata?.metadata?.return
}

/** Milliseconds from the end of one member until another one answers on its own socket. */
async function timeOf(end: Promise<void>, survivor: ClusterMember): Promise<number> {
  const begin = performance.now()
  await end
  await survivor.request('GET', '/1.0/instances')
  return performance.now() - begin
}

describe('a cluster', { skip: missingReason('lxd') }, () => {
  let cluster: Cluster
  let [n1, n2, n3]: ClusterMember[] = []
  before(async () => {
    cluster = await startCluster(3)
    ;[n1, n2, n3] = cluster.members
    await cluster.members[0]?.trust(cert)
    await cluster.members[0]?.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
  })
  after(() => cluster.stop())

  function reach(t: TestContext, ...members: (ClusterMember | undefined)[]): Server {
    const baseUrl = members.map(member => member?.baseUrl ?? '')
    const api = API.factory({ baseUrl, serverCert: cluster.serverCert, cert, key })
    t.after(() => api.close())
    return api
  }

  async function create(api: Server, name: string, target: string): Promise<void> {
    const source = { type: 'image', alias: 'busybox' } as const
    await api['1.0'].instances.post({ name, source }, { query: { target } }).wait()
    await api['1.0'].instances[name].state.put({ action: 'start' }).wait()
  }

  it('creates an instance on the member that is asked for, and lists it from another', async t => {
    await create(reach(t, n1), 'c2', 'n2')
    const { metadata } = await reach(t, n3)['1.0'].instances.get({ query: { recursion: 1 } })
    assert.deepEqual(
      metadata.map(({ name, location, status }) => ({ name, location, status })),
      [{ name: 'c2', location: 'n2', status: 'Running' }],
    )
  })

  it('is reached through the next member where the first is not there', async t => {
    const api = API.factory({
      baseUrl: ['https://127.0.0.1:1', n2?.baseUrl ?? ''],
      serverCert: cluster.serverCert,
      cert,
      key,
    })
    t.after(() => api.close())
    const { request } = await api['1.0'].get()
    assert.equal(request.origin, n2?.baseUrl)
  })

  it('opens websockets to the next member where the first is not there', async t => {
    const baseUrl = ['https://127.0.0.1:1', n2?.baseUrl ?? '']
    const api = API.factory({ baseUrl, serverCert: cluster.serverCert, cert, key })
    t.after(() => api.close())
    const socket = await api['1.0'].events.websocket()
    assert.equal(socket.request.origin, n2?.baseUrl)
  })

  it('loses none of 1,000 calls and no wait, and sends nothing twice, when the last member is killed', async t => {
    assert.ok(n1 && n2 && n3)
    await killInTheMiddle(t, reach(t, n3, n1), n3, n1)
    await n3.start()
  })

  it('loses none of 1,000 calls and no wait, and sends nothing twice, when the first member is killed', async t => {
    assert.ok(n1 && n2 && n3)
    await killInTheMiddle(t, reach(t, n1, n3), n1, n3)
    await n1.start()
  })

  it('is not sent again what may have been carried out', async t => {
    assert.ok(n1 && n3)
    const api = reach(t, n3, n1)['1.0']
    const sent = countSent(t)
    const refused: string[] = []
    for (let index = 0; index < 100; index++) {
      if (index === 50) void n3.kill()
      const name = `p${index}`
      await api.profiles.post({ name }).catch((error: unknown) => {
        assert.ok(error instanceof APIConnectionException, String(error))
        assert.equal(error.request.wasSent, true)
        refused.push(name)
      })
    }
    const { metadata } = await api.profiles.get({ query: { recursion: 1 } })
    const present = new Set(metadata.map(({ name }) => name))
    for (let index = 0; index < 100; index++)
      assert.ok(present.has(`p${index}`) || refused.includes(`p${index}`))
    assert.ok(refused.length <= 1, `refused: ${refused}`)
    assert.equal(sent.get('POST /1.0/profiles'), 100)
    await n3.start()
  })

  async function killInTheMiddle(
    t: TestContext,
    api: Server,
    victim: ClusterMember,
    survivor: ClusterMember,
  ): Promise<void> {
    // After the leader of its database a cluster answers nobody before it has elected another.
    const isLeader = (await leaders(survivor)).includes(victim.name)
    const sent = countSent(t)
    const waiting = sleepInside(api, 7)
    let dying: Promise<number> | undefined
    const origins: string[] = []
    const times: number[] = []
    for (let index = 0; index < 1000; index++) {
      if (index === 300) dying = timeOf(victim.kill(), survivor)
      const begin = performance.now()
      const { request, metadata } = await api['1.0'].instances.get({ query: { index } as object })
      times.push(performance.now() - begin)
      origins.push(request.origin)
      assert.ok(metadata.length > 0)
    }
    const alone = await dying
    assert.equal(await waiting, 0)
    const waits = [...sent].filter(([name]) => /\/operations\/[^/]+\/wait\?/.test(name))
    assert.ok(waits.reduce((sum, [, times]) => sum + times, 0) >= 2, 'the wait was not in its middle')

    const moved = origins.findIndex(origin => origin !== victim.baseUrl)
    assert.ok(moved >= 300)
    assert.ok(origins.slice(moved).every(origin => origin !== victim.baseUrl))
    const repeated = [...sent].filter(([name, times]) => name.startsWith('GET /1.0/instances?') && times > 1)
    // The one that was under way was asked again, of the member that took over.
    assert.ok(repeated.length <= 1 && repeated.every(([, times]) => times === 2), String(repeated))
    const median = [...times].sort((a, b) => a - b)[500] ?? 0
    t.diagnostic(
      `killed ${victim.name}${isLeader ? ', the leader' : ''}: the call that met it took ${times[moved]?.toFixed(0)} ms, the median call ${median.toFixed(1)} ms; ` +
        `the survivor answered on its own socket after ${alone?.toFixed(0)} ms; ` +
        `${origins.length} of 1000 calls answered, ${repeated.length} of them asked again, the wait ended as it should`,
    )
  }
})
