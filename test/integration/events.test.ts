import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type EventOf, events } from '../../src/index.ts'
import { it } from './node-test.ts'
import { openConnections } from './open-connections.ts'
import { checkOrder } from './operations-in-order.ts'
import { describeOnServers, startServer } from './servers.ts'

async function untilConnections(most: number): Promise<void> {
  for (let turn = 0; openConnections() > most; turn++) {
    assert.ok(turn < 500, `${openConnections()} connections are still open`)
    await delay(20)
  }
}

describeOnServers('events', (running, server) => {
  it('are subscribed before the stream is handed over', async () => {
    const { api } = running()
    const profiles = api['1.0'].path('profiles')
    for (let n = 0; n < 20; n++) {
      await using stream = await events(api, { type: 'lifecycle' })
      await profiles.post({ name: `p${n}` })
      const { value } = await stream.next()
      assert.ok(value?.type === 'lifecycle')
      assert.equal(value.metadata.action, 'profile-created')
      assert.match(value.metadata.source, new RegExp(`/1.0/profiles/p${n}$`))
    }
  })

  it('tell of operations once each, in their order', () => checkOrder(running(), 25))

  it('are those of the project asked for, or of all', async () => {
    const { api } = running()
    await api['1.0'].path('projects').post({ name: 'web' })
    await using web = await events(api, { type: 'lifecycle', project: 'web' })
    await using all = await events(api, { type: 'lifecycle', allProjects: true })
    await api['1.0'].path('profiles').post({ name: 'elsewhere' })
    await api['1.0'].path('profiles').post({ name: 'here' }, { query: { project: 'web' } })
    assert.match(await nextSource(web), /\/profiles\/here/)
    assert.match(await nextSource(all), /\/profiles\/elsewhere/)
    assert.match(await nextSource(all), /\/profiles\/here/)
  })

  it('leave no connection behind a loop that is left by break, throw or abort', async () => {
    const { api } = running()
    const profile = api['1.0'].path('profiles', 'default')
    const touch = async (): Promise<unknown> => profile.patch({ description: String(performance.now()) })
    await touch()
    const before = openConnections()
    for (let n = 0; n < 10; n++) {
      const broken = await events(api, { type: 'lifecycle' })
      await touch()
      for await (const _ of broken) break
      const thrown = await events(api, { type: 'lifecycle' })
      await touch()
      const error = new Error('no more')
      await assert.rejects(async () => {
        for await (const _ of thrown) throw error
      }, error)
      const controller = new AbortController()
      const aborted = await events(api, { type: 'lifecycle', signal: controller.signal })
      const next = aborted.next()
      controller.abort(error)
      await assert.rejects(next, error)
    }
    await untilConnections(before)
  })

  it('go on after the daemon restarted, with a gap that says so', async () => {
    const own = await startServer(server)
    try {
      await using stream = await events(own.api, { type: 'lifecycle' })
      const profiles = own.api['1.0'].path('profiles')
      await profiles.post({ name: 'before' })
      await own.daemon.restart()
      const told: EventOf<'lifecycle'>[] = []
      for await (const event of stream) {
        told.push(event)
        if (event.type === 'gap') await profiles.post({ name: 'after' })
        else if (event.metadata.source.endsWith('/after')) break
      }
      const gap = told.findIndex(({ type }) => type === 'gap')
      assert.equal(told.filter(({ type }) => type === 'gap').length, 1)
      assert.match(String(told[0]?.type === 'lifecycle' && told[0].metadata.source), /before$/)
      assert.ok(gap > 0 && gap < told.length - 1)
    } finally {
      await own.api.close()
      await own.daemon.stop()
    }
  })

  it('let wait() know of an operation that its server forgot', async () => {
    const { api, image } = running()
    await using stream = await events(api, { type: 'operation' })
    const body = { name: 'c5', source: { type: 'image', fingerprint: image } }
    const started = await api.forUrl('/1.0/instances' as string).post(body)
    for await (const event of stream) {
      assert.ok(event.type === 'operation')
      if (event.metadata.id === started.metadata.id && event.metadata.status_code >= 200) break
    }
    const operation = api['1.0'].path('operations', started.metadata.id)
    while (
      await operation.get().then(
        () => true,
        () => false,
      )
    )
      await delay(200)
    const { metadata } = await started.wait()
    assert.equal(metadata.id, started.metadata.id)
    assert.equal(metadata.status_code, 200)
  })
})

async function nextSource(stream: AsyncIterator<EventOf<'lifecycle'>, undefined>): Promise<string> {
  const { value } = await stream.next()
  assert.ok(value?.type === 'lifecycle')
  return value.metadata.source
}
