import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import type { Progress } from '../../src/index.ts'
import { buildImage } from '../daemon/index.ts'
import { slowProxy } from '../servers/slow-proxy.ts'
import { it } from './node-test.ts'
import { openConnections } from './open-connections.ts'
import { describeOnServers, startServer } from './servers.ts'

function checkSteps(told: readonly Progress[], stage: RegExp, atLeast: number): void {
  const percents = told.map(({ percent }) => percent ?? Number.NaN)
  assert.ok(percents.filter(percent => percent < 100).length >= atLeast, `only ${percents}`)
  assert.deepEqual(
    percents,
    percents.toSorted((a, b) => a - b),
  )
  for (const { stage: at, text, speed } of told) {
    assert.match(at, stage)
    assert.match(text, /%/)
    assert.ok(speed !== undefined && speed > 0)
  }
}

describeOnServers('progress', (running, server) => {
  it('is told of an image import from another server, and of the creation of a container from it', async t => {
    const { api, daemon } = running()
    const other = await startServer({ ...server, start: server.start })
    try {
      const file = createReadStream(buildImage({ padding: 20_000_000 }))
      const headers = { 'content-type': 'application/octet-stream', 'X-LXD-public': 'true' }
      const { metadata } = await other.api['1.0'].path('images').post(file, { headers }).wait()
      const { fingerprint } = metadata.metadata
      const { baseUrl, serverCert } = await other.daemon.listenHttps()
      // Two seconds, of which even a busy server tells several times.
      const proxy = await slowProxy(Number(new URL(baseUrl).port), 10_000_000)
      t.after(() => proxy.close())
      const source = {
        type: 'image',
        mode: 'pull',
        protocol: daemon.kind,
        server: `https://127.0.0.1:${proxy.port}`,
        certificate: serverCert,
        fingerprint,
      }
      const imported: Progress[] = []
      await api
        .forUrl('/1.0/images' as string)
        .post({ source })
        .wait({ onProgress: progress => imported.push(progress) })
      checkSteps(imported, /^download$/, 2)
      const before = openConnections()
      const created: Progress[] = []
      await api['1.0']
        .path('instances')
        .post({ name: 'c1', source: { type: 'image', fingerprint } })
        .wait({ onProgress: progress => created.push(progress) })
      checkSteps(created, /unpack$/, 1)
      assert.ok(openConnections() <= before + 1)
    } finally {
      await other.api.close()
      await other.daemon.stop()
    }
  })

  it('is nothing for an operation that has none', async () => {
    const { api } = running()
    const told: Progress[] = []
    const instance = api['1.0'].path('instances', 'without-progress')
    await api['1.0']
      .path('instances')
      .post({ name: 'without-progress', source: { type: 'none' } })
      .wait()
    const { metadata } = await instance.get()
    const result = await instance.put(metadata).wait({ onProgress: progress => told.push(progress) })
    assert.equal(result.metadata.status_code, 200)
    assert.deepEqual(told, [])
  })
})
