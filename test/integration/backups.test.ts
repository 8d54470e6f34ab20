import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  APIException,
  APINotFoundException,
  filePull,
  filePush,
  instanceAbsent,
  instanceExport,
  instanceImport,
  volumeExport,
  volumeImport,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { it } from './node-test.ts'
import { describeOnServers } from './servers.ts'

describeOnServers('Backups', running => {
  it('of an instance make another one that starts, and none is left on the server', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
    await filePush(api, 'web', '/root/note', Buffer.from('kept'))
    await instances.web.snapshots.post({ name: 'first' }).wait()
    const file = join(createTempFolder(), 'web.tar.gz')
    const told: unknown[] = []
    const bytes = await instanceExport(api, 'web', file, { onProgress: step => told.push(step) })
    assert.equal(statSync(file).size, bytes)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(told.at(-1), { bytes, total: bytes })
    assert.deepEqual((await instances.web.backups.get()).metadata ?? [], [])

    await assert.rejects(instanceImport(api, file), APIException)
    assert.equal(await instanceImport(api, file, { name: 'web2', pool: 'default' }), 'web2')
    await instances.web2.state.put({ action: 'start' }).wait()
    assert.equal((await instances.web2.get()).metadata.status, 'Running')
    assert.equal(String(await filePull(api, 'web2', '/root/note')), 'kept')
    assert.equal((await instances.web2.snapshots.get()).metadata.length, 1)
    await instanceAbsent(api, 'web2')

    await instanceAbsent(api, 'web')
    assert.equal(await instanceImport(api, file), 'web')
    await instanceAbsent(api, 'web')
  })

  it('that are cut short or aborted on their way in leave no instance', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'half', source: { type: 'image', fingerprint: image } }).wait()
    const pieces: Buffer[] = []
    const file = join(createTempFolder(), 'half.tar')
    await instanceExport(api, 'half', file, { compression: 'none', instanceOnly: true })
    await instanceAbsent(api, 'half')
    for await (const piece of (await import('node:fs')).createReadStream(file)) pieces.push(piece)
    const whole = Buffer.concat(pieces)

    await assert.rejects(
      instanceImport(api, whole.subarray(0, whole.length / 2), { name: 'half' }),
      APIException,
    )
    const controller = new AbortController()
    const reason = new Error('enough')
    async function* slowly(): AsyncGenerator<Buffer> {
      yield whole.subarray(0, 500_000)
      controller.abort(reason)
      yield whole.subarray(500_000)
    }
    const { signal } = controller
    await assert.rejects(instanceImport(api, slowly(), { name: 'half', signal }), reason)
    await assert.rejects(instances.half.get(), APINotFoundException)
  })

  it('that can’t be made or written are exceptions, and leave nothing behind', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    const dir = createTempFolder()
    await assert.rejects(instanceExport(api, 'nobody', join(dir, 'x')), APINotFoundException)
    await instances.post({ name: 'kept', source: { type: 'image', fingerprint: image } }).wait()
    await assert.rejects(instanceExport(api, 'kept', '/nonexistent/x'), { code: 'ENOENT' })
    const controller = new AbortController()
    const reason = new Error('enough')
    const { signal } = controller
    const onProgress = (): void => controller.abort(reason)
    const stopped = instanceExport(api, 'kept', join(dir, 'x'), { compression: 'none', signal })
    setImmediate(onProgress)
    await assert.rejects(stopped, reason)
    assert.equal(existsSync(join(dir, 'x')), false)
    assert.deepEqual(
      readdirSync(dir).filter(name => name.endsWith('.part')),
      [],
    )
    assert.deepEqual((await instances.kept.backups.get()).metadata ?? [], [])
    await instanceAbsent(api, 'kept')
  })

  it('of a custom volume make another one with the same content', async () => {
    const { api, image } = running()
    const pool = api['1.0']['storage-pools'].path('default')
    const custom = pool.path('volumes', 'custom')
    await custom.post({ name: 'data', config: { 'user.note': 'kept' } })
    const device = { type: 'disk', pool: 'default', source: 'data', path: '/data' }
    const source = { type: 'image', fingerprint: image } as const
    const { instances } = api['1.0']
    await instances.post({ name: 'writer', source, devices: { data: device } }).wait()
    await instances.writer.state.put({ action: 'start' }).wait()
    await filePush(api, 'writer', '/data/file', Buffer.from('on the volume'))
    await instanceAbsent(api, 'writer')

    const file = join(createTempFolder(), 'data.tar.gz')
    assert.equal(await volumeExport(api, 'default', 'data', file, { volumeOnly: true }), statSync(file).size)
    assert.deepEqual((await custom.path('data', 'backups').get()).metadata ?? [], [])
    await volumeImport(api, 'default', 'data2', file)
    assert.equal((await custom.path('data2').get()).metadata.config['user.note'], 'kept')

    await instances.post({ name: 'reader', source, devices: { data: { ...device, source: 'data2' } } }).wait()
    await instances.reader.state.put({ action: 'start' }).wait()
    assert.equal(String(await filePull(api, 'reader', '/data/file')), 'on the volume')
    await instanceAbsent(api, 'reader')
    await assert.rejects(volumeImport(api, 'default', 'data2', file), APIException)
    for (const name of ['data', 'data2']) await custom.path(name).delete().wait()
  })

  it('are told apart from ISO images, which not all servers take', async () => {
    const { api } = running()
    const iso = Buffer.alloc(100_000, 'iso')
    const { metadata } = await api['1.0'].get()
    const imported = volumeImport(api, 'default', 'iso', iso, { type: 'iso' })
    if (!metadata.api_extensions.includes('custom_volume_iso')) {
      return assert.rejects(imported, /takes no ISO images/)
    }
    await imported
    const volume = api['1.0']['storage-pools'].path('default', 'volumes', 'custom', 'iso')
    assert.equal((await volume.get()).metadata.content_type, 'iso')
    return void (await volume.delete().wait())
  })
})
