import assert from 'node:assert/strict'
import {
  APINotFoundException,
  type ApiPath,
  absent,
  copy,
  exec,
  exportTo,
  filePull,
  filePush,
  importFrom,
  move,
  type Path,
  type Progress,
  present,
  rename,
  restore,
  snapshot,
  start,
} from '../../src/index.ts'
import { missingReason } from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'
import { describeOnServers, type Running, serversOverSocket, startServer } from './servers.ts'

describeOnServers(
  'Copies of snapshots and volumes',
  running => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')

    it('are made of a snapshot of an instance, and refreshed', async () => {
      const { instances } = rest()
      const { model, fork } = instances
      await present(model, { source: { type: 'image', fingerprint: running().image } })
      await filePush(model, '/root/note', Buffer.from('before'))
      await snapshot(model, 'clean')
      await filePush(model, '/root/note', Buffer.from('after'))
      const told: Progress[] = []
      const onProgress = (progress: Progress): unknown => told.push(progress)
      const forked = await copy(model.snapshots.clean, fork, { config: { 'user.of': 'clean' }, onProgress })
      assert.equal(forked.changed, true)
      const { metadata } = await fork.get()
      assert.deepEqual([metadata.type, metadata.config['user.of']], ['container', 'clean'])
      assert.equal(String(await filePull(fork, '/root/note')), 'before')
      assert.equal((await copy(model.snapshots.clean, fork)).changed, false)

      await copy(model, instances.mirror)
      await filePush(model, '/root/note', Buffer.from('later'))
      assert.equal((await copy(model, instances.mirror)).changed, false)
      assert.equal((await copy(model, instances.mirror, { refresh: true, check: true })).changed, true)
      assert.equal(String(await filePull(instances.mirror, '/root/note')), 'after')
      assert.equal((await copy(model, instances.mirror, { refresh: true })).changed, true)
      assert.equal(String(await filePull(instances.mirror, '/root/note')), 'later')
      for (const one of [model, fork, instances.mirror]) await absent(one)
    })

    it('are made of volumes and their snapshots, which are restored, renamed and moved', async () => {
      const { custom } = rest()['storage-pools'].default.volumes
      await present(custom.data, { description: 'original', config: { 'user.kept': 'yes' } })
      assert.equal((await snapshot(custom.data, 'first')).changed, true)
      assert.equal((await snapshot(custom.data, 'first')).changed, false)
      assert.equal((await copy(custom.data, custom.copied)).changed, true)
      assert.equal((await copy(custom.data, custom.copied)).changed, false)
      const { metadata } = await custom.copied.get()
      assert.deepEqual([metadata.description, metadata.config['user.kept']], ['original', 'yes'])
      assert.equal((await custom.copied.snapshots.get()).metadata.length, 1)
      assert.equal((await copy(custom.data.snapshots.first, custom.forked)).changed, true)
      assert.equal((await copy(custom.data, custom.bare, { snapshots: false })).changed, true)
      assert.deepEqual((await custom.bare.snapshots.get()).metadata ?? [], [])
      assert.equal((await restore(custom.data, 'first')).changed, true)
      assert.equal((await rename(custom.bare, 'renamed')).changed, true)
      assert.equal((await move(custom.renamed, custom.moved)).changed, true)
      assert.equal((await move(custom.renamed, custom.moved)).changed, false)
      await assert.rejects(copy(custom.nothing, custom.x), APINotFoundException)
      for (const name of ['data', 'copied', 'forked', 'moved']) await absent(custom.path(name))
    })

    it('of images are exported and imported by their paths', async () => {
      const { images } = rest()
      const { image, daemon } = running()
      const file = `${daemon.dir}/exported.tar`
      const files = await exportTo(images.path(image), file)
      await absent(images.path(image))
      const imported = await importFrom(images, files, { aliases: ['again'] })
      assert.deepEqual([imported.changed, imported.result?.metadata.fingerprint], [true, image])
      assert.equal((await importFrom(images, file)).changed, false)
    })

    it('stream what a command writes, and tell its status', async () => {
      const { loud } = rest().instances
      await present(loud, { source: { type: 'image', fingerprint: running().image }, status: 'Running' })
      const chunks: Buffer[] = []
      const { PassThrough } = await import('node:stream')
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      stdout.on('data', chunk => chunks.push(chunk))
      stderr.resume()
      const command = ['sh', '-c', 'echo out; echo err >&2; exit 3']
      const ended = await exec(loud, command, { stdout, stderr })
      assert.deepEqual(ended, { exitCode: 3, stdout: '', stderr: '' })
      assert.equal(String(Buffer.concat(chunks)), 'out\n')
      assert.equal(stdout.writableEnded, false)
      const half = await exec(loud, command, { stdout })
      assert.deepEqual([half.stdout, half.stderr], ['', 'err\n'])
      await assert.rejects(
        exec(loud, ['sleep', '60'], { timeout: 0.5 }),
        /exec\(\) was not done within 0\.5 s/,
      )
      await absent(loud)
    })
  },
  serversOverSocket(),
)

describe('Copies of volumes between two servers', { skip: missingReason('lxd') }, () => {
  let one: Running
  let two: Running
  before(async () => {
    const lxd = serversOverSocket().filter(({ kind }) => kind === 'lxd')
    // Safe cast: both have started.
    ;[one, two] = (await Promise.all([...lxd, ...lxd].map(startServer))) as [Running, Running]
  })
  after(() => Promise.all([one, two].map(({ daemon }) => daemon?.stop())))

  it('go with their snapshots, pulled or pushed, and a move leaves none behind', async () => {
    const [here, there] = [one, two].map(({ api }) => api['1.0']['storage-pools'].default.volumes.custom)
    assert.ok(here !== undefined && there !== undefined)
    await one.daemon.listenHttps()
    await present(here.data, { config: { 'user.kept': 'yes' } })
    await snapshot(here.data, 'first')
    assert.equal((await copy(here.data, there.pulled, { mode: 'pull' })).changed, true)
    assert.equal((await there.pulled.get()).metadata.config['user.kept'], 'yes')
    assert.equal((await there.pulled.snapshots.get()).metadata.length, 1)
    await two.daemon.listenHttps()
    assert.equal((await copy(here.data, there.pushed, { mode: 'push' })).changed, true)
    assert.equal((await move(here.data, there.moved)).changed, true)
    await assert.rejects(here.data.get(), APINotFoundException)
    assert.equal((await there.moved.get()).metadata.name, 'moved')
  })

  it('refresh an instance on the other server', async () => {
    const [here, there] = [one.api['1.0'].instances, two.api['1.0'].instances]
    await present(here.web, { source: { type: 'image', fingerprint: one.image } })
    await copy(here.web, there.web)
    await filePush(here.web, '/root/note', Buffer.from('later'))
    assert.equal((await copy(here.web, there.web, { refresh: true })).changed, true)
    assert.equal(String(await filePull(there.web, '/root/note')), 'later')
    await start(there.web)
    await absent(there.web)
  })
})
