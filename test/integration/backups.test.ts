import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  APIException,
  APINotFoundException,
  absent,
  exportTo,
  filePull,
  filePush,
  importFrom,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { it } from './node-test.ts'
import { describeOnServers } from './servers.ts'

describeOnServers('Backups', running => {
  it('of an instance make another one that starts, and none is left on the server', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
    await filePush(api['1.0'].instances.web, '/root/note', Buffer.from('kept'))
    await instances.web.snapshots.post({ name: 'first' }).wait()
    const file = join(createTempFolder(), 'web.tar.gz')
    const told: unknown[] = []
    const bytes = await exportTo(api['1.0'].instances.web, file, { onProgress: step => told.push(step) })
    assert.equal(statSync(file).size, bytes)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(told.at(-1), { bytes, total: bytes })
    assert.deepEqual((await instances.web.backups.get()).metadata ?? [], [])

    await assert.rejects(importFrom(api['1.0'].instances, file), APIException)
    const { result } = await importFrom(api['1.0'].instances.web2, file, { pool: 'default' })
    assert.equal(result?.metadata.name, 'web2')
    await instances.web2.state.put({ action: 'start' }).wait()
    assert.equal((await instances.web2.get()).metadata.status, 'Running')
    assert.equal(String(await filePull(api['1.0'].instances.web2, '/root/note')), 'kept')
    assert.equal((await instances.web2.snapshots.get()).metadata.length, 1)
    await absent(api['1.0'].instances.web2)

    await absent(api['1.0'].instances.web)
    assert.equal((await importFrom(api['1.0'].instances, file)).result?.metadata.name, 'web')
    await absent(api['1.0'].instances.web)
  })

  it('that are cut short or aborted on their way in leave no instance', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'half', source: { type: 'image', fingerprint: image } }).wait()
    const pieces: Buffer[] = []
    const file = join(createTempFolder(), 'half.tar')
    await exportTo(api['1.0'].instances.half, file, { compression: 'none', snapshots: false })
    await absent(api['1.0'].instances.half)
    for await (const piece of (await import('node:fs')).createReadStream(file)) pieces.push(piece)
    const whole = Buffer.concat(pieces)

    await assert.rejects(
      importFrom(api['1.0'].instances.half, whole.subarray(0, whole.length / 2)),
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
    await assert.rejects(importFrom(api['1.0'].instances.half, slowly(), { signal }), reason)
    await assert.rejects(instances.half.get(), APINotFoundException)
  })

  it('that can’t be made or written are exceptions, and leave nothing behind', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    const dir = createTempFolder()
    await assert.rejects(exportTo(api['1.0'].instances.nobody, join(dir, 'x')), APINotFoundException)
    await instances.post({ name: 'kept', source: { type: 'image', fingerprint: image } }).wait()
    await assert.rejects(exportTo(api['1.0'].instances.kept, '/nonexistent/x'), { code: 'ENOENT' })
    const controller = new AbortController()
    const reason = new Error('enough')
    const { signal } = controller
    const onProgress = (): void => controller.abort(reason)
    const stopped = exportTo(api['1.0'].instances.kept, join(dir, 'x'), { compression: 'none', signal })
    setImmediate(onProgress)
    await assert.rejects(stopped, reason)
    assert.equal(existsSync(join(dir, 'x')), false)
    assert.deepEqual(
      readdirSync(dir).filter(name => name.endsWith('.part')),
      [],
    )
    assert.deepEqual((await instances.kept.backups.get()).metadata ?? [], [])
    await absent(api['1.0'].instances.kept)
  })

  it('of a custom volume make another one with the same content', async () => {
    const { api, image } = running()
    const pool = api['1.0']['storage-pools'].path('default')
    const custom = pool.path('volumes', 'custom')
    await custom.post({ name: 'data', config: { 'user.note': 'kept' } })
    const device = { type: 'disk', pool: 'default', source: 'data', path: '/data' } as const
    const source = { type: 'image', fingerprint: image } as const
    const { instances } = api['1.0']
    await instances.post({ name: 'writer', source, devices: { data: device } }).wait()
    await instances.writer.state.put({ action: 'start' }).wait()
    await filePush(api['1.0'].instances.writer, '/data/file', Buffer.from('on the volume'))
    await absent(api['1.0'].instances.writer)

    const file = join(createTempFolder(), 'data.tar.gz')
    assert.equal(
      await exportTo(api['1.0']['storage-pools'].default.volumes.custom.data, file, { snapshots: false }),
      statSync(file).size,
    )
    assert.deepEqual((await custom.path('data', 'backups').get()).metadata ?? [], [])
    await importFrom(api['1.0']['storage-pools'].default.volumes.custom.data2, file)
    assert.equal((await custom.path('data2').get()).metadata.config['user.note'], 'kept')

    await instances.post({ name: 'reader', source, devices: { data: { ...device, source: 'data2' } } }).wait()
    await instances.reader.state.put({ action: 'start' }).wait()
    assert.equal(String(await filePull(api['1.0'].instances.reader, '/data/file')), 'on the volume')
    await absent(api['1.0'].instances.reader)
    await assert.rejects(
      importFrom(api['1.0']['storage-pools'].default.volumes.custom.data2, file),
      APIException,
    )
    for (const name of ['data', 'data2']) await custom.path(name).delete().wait()
  })

  it('are told apart from ISO images, which not all servers take', async () => {
    const { api } = running()
    const iso = Buffer.alloc(100_000, 'iso')
    const { metadata } = await api['1.0'].get()
    const imported = importFrom(api['1.0']['storage-pools'].default.volumes.custom.iso, iso, { type: 'iso' })
    if (!metadata.api_extensions.includes('custom_volume_iso')) {
      return assert.rejects(imported, /takes no ISO images/)
    }
    await imported
    const volume = api['1.0']['storage-pools'].path('default', 'volumes', 'custom', 'iso')
    assert.equal((await volume.get()).metadata.content_type, 'iso')
    return void (await volume.delete().wait())
  })
})
