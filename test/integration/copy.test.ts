import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import {
  absent,
  copy,
  exportTo,
  imageAbsent,
  imageGet,
  imageGetFingerprint,
  imagePresent,
  importFrom,
} from '../../src/index.ts'
import { buildImage, buildSplitImage, missingReason, serversUnderTest } from '../daemon/index.ts'
import { describe, it } from './node-test.ts'
import { startServer } from './servers.ts'

const [overSocket, overHttps] = serversUnderTest().filter(({ kind }) => kind === 'lxd')

describe('Copies between an LXD over its socket and one over HTTPS', {
  skip: missingReason('lxd'),
}, () => {
  it('of images and of an instance launch there, both ways, and nothing is kept here', async t => {
    assert.ok(overSocket && overHttps)
    const servers = await Promise.all([overSocket, overHttps].map(startServer))
    t.after(() => Promise.all(servers.map(({ daemon }) => daemon.stop())))
    const [socket, https] = servers.map(({ api }) => api) as [
      (typeof servers)[0]['api'],
      (typeof servers)[0]['api'],
    ]
    const files = [buildImage({ variant: 'copied' }), buildSplitImage({ variant: 'copied' })]
    for (const [index, file] of files.entries()) {
      const [from, to] = index === 0 ? [socket, https] : [https, socket]
      const fingerprint = await imageGetFingerprint(file)
      await imagePresent(from, file, { properties: { note: 'é' }, public: true })
      const told: { bytes: number }[] = []
      const copied = (
        await copy(from['1.0'].images[fingerprint.slice(0, 12)], to['1.0'].images, {
          aliases: ['copied'],
          onProgress: step => told.push(step),
        })
      ).changed
      assert.equal(copied, true)
      assert.ok((told.at(-1)?.bytes ?? 0) > 900_000)
      assert.equal(
        (await copy(from['1.0'].images[fingerprint], to['1.0'].images, { aliases: ['copied'] })).changed,
        false,
      )
      const found = await imageGet(to, fingerprint)
      assert.ok(found)
      assert.ok(found.metadata.public && found.metadata.properties.note === 'é')
      const { instances } = to['1.0']
      await instances.post({ name: 'launched', source: { type: 'image', alias: 'copied' } }).wait()
      await instances.launched.state.put({ action: 'start' }).wait()
      await absent(to['1.0'].instances.launched)
      await imageAbsent(to, fingerprint)
    }

    const { image } = servers[0] as (typeof servers)[0]
    await socket['1.0'].instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
    const pipe = new PassThrough()
    const [bytes, { result }] = await Promise.all([
      exportTo(socket['1.0'].instances.web, pipe),
      importFrom(https['1.0'].instances, pipe),
    ])
    assert.ok(bytes > 500_000)
    const name = String(result?.metadata.name)
    await https['1.0'].instances.path(name).state.put({ action: 'start' }).wait()
    assert.equal((await https['1.0'].instances.path(name).get()).metadata.status, 'Running')
    await absent(https['1.0'].instances[name])
    await Promise.all([socket.close(), https.close()])
  })
})
