import assert from 'node:assert/strict'
import {
  API,
  APINotFoundException,
  APIOperationException,
  absent,
  containerAbsent,
  containerApplyConfig,
  containerApplyStatus,
  containerGet,
  imageAbsent,
  imageAliasPresent,
  imageGet,
  imageGetFingerprint,
  imagePresent,
  waitFor,
} from '../../src/index.ts'
import { buildImage } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, type Running, serversOverSocket } from './servers.ts'

describeOnServers('The shortcuts', declare, serversOverSocket())

function declare(running: () => Running): void {
  const instance = (name: string) => ({ name, source: { type: 'image', fingerprint: running().image } })
  const read = async (name: string) => (await running().api['1.0'].instances.path(name).get()).metadata

  it('bring an image there and away, each step changing something once', async () => {
    const { api } = running()
    const path = await buildImage({ variant: 'shortcuts' })
    const fingerprint = await imageGetFingerprint(path)

    assert.equal(await imageGet(api, fingerprint), false)
    assert.equal(await imageAbsent(api, fingerprint), false)

    const properties = { os: 'busy & box', release: 'é' }
    assert.equal(await imagePresent(api, path, { public: true, properties }), true)
    assert.equal(await imagePresent(api['1.0'], path), false)
    const found = await imageGet(api['1.0'], fingerprint)
    assert.ok(found)
    assert.equal(found.metadata.fingerprint, fingerprint)
    assert.equal(found.metadata.public, true)
    assert.equal(found.metadata.properties.os, properties.os)
    assert.equal(found.metadata.properties.release, properties.release)

    assert.equal(await imageAliasPresent(api, 'busy', fingerprint), true)
    assert.equal(await imageAliasPresent(api, 'busy', fingerprint), false)
    assert.equal(await imageAliasPresent(api, 'busy', fingerprint, 'a description'), true)
    assert.equal(await imageAliasPresent(api, 'busy', fingerprint), false)
    assert.equal(await imageAliasPresent(api, 'busy', running().image), true)
    const { metadata } = await api['1.0'].images.aliases.busy.get()
    assert.equal(metadata.target, running().image)
    assert.equal(metadata.description, 'a description')

    assert.equal(await imageAliasPresent(api, 'by-alias', fingerprint), true)
    const byAlias = await imageGet(api, 'by-alias')
    assert.equal(byAlias ? byAlias.metadata.fingerprint : undefined, fingerprint)
    assert.equal(await imageGet(api, 'no-alias'), false)
    assert.equal(await imageAbsent(api, 'no-alias'), false)
    assert.equal(await imageAbsent(api, 'by-alias'), true)
    assert.equal(await imageAbsent(api, fingerprint), false)
  })

  it('refuse an image file that is not there, before anything is sent', async () => {
    await assert.rejects(imagePresent(running().api, '/nonexistent.tar.xz'), { code: 'ENOENT' })
  })

  it('upload one image once, when several do so at once', async () => {
    const { api } = running()
    const path = await buildImage({ variant: 'raced' })
    const outcomes = await Promise.all([1, 2, 3].map(() => imagePresent(api, path)))
    assert.deepEqual(outcomes.filter(Boolean), [true])
  })

  it('lead a container through its life, each step changing something once', async () => {
    const { api } = running()
    const twice = async (step: () => Promise<boolean>) => [await step(), await step()]

    assert.equal(await containerGet(api, 'life'), false)
    assert.deepEqual(await twice(() => containerApplyConfig(api, instance('life'))), [true, false])
    for (const status of [
      'Running',
      'Frozen',
      'Running',
      'Stopped',
      'Frozen',
      'Stopped',
      'Running',
    ] as const) {
      const options = { force: true }
      assert.deepEqual(
        await twice(() => containerApplyStatus(api, 'life', status, options)),
        [true, false],
        status,
      )
      assert.equal((await read('life')).status, status)
    }
    assert.ok(await containerGet(api['1.0'], 'life'))
    assert.deepEqual(await twice(() => containerAbsent(api, 'life')), [true, false])
  })

  it('stop a container cleanly where no force is asked for', async () => {
    const { api } = running()
    await containerApplyConfig(api, instance('clean'))
    await containerApplyStatus(api, 'clean', 'Running')
    // Before its init handles signals, it misses the one that it should stop at.
    await waitFor(api['1.0'].instances.clean, {
      command: ['grep', '-q', 'SigCgt:.*[1-9a-f]', '/proc/1/status'],
    })
    assert.equal(await containerApplyStatus(api, 'clean', 'Stopped', { timeout: 20 }), true)
    assert.equal((await read('clean')).status, 'Stopped')
    await absent(api['1.0'].instances.clean)
  })

  it('bring an existing instance to its config, and leave alone what is not asked for', async () => {
    const { api } = running()
    const config = { 'user.mine': '1', 'user.theirs': 'kept', 'limits.cpu': 1 }
    assert.equal(await containerApplyConfig(api, { ...instance('tuned'), config }), true)
    const devices = { data: { type: 'disk', source: '/tmp', path: '/mnt', readonly: true } }
    assert.equal(
      await containerApplyConfig(api, { name: 'tuned', config: { 'user.mine': 2 }, devices }),
      true,
    )
    assert.equal(
      await containerApplyConfig(api, { name: 'tuned', config: { 'user.mine': 2 }, devices }),
      false,
    )
    const found = await read('tuned')
    assert.equal(found.config['user.mine'], '2')
    assert.equal(found.config['user.theirs'], 'kept')
    assert.equal(found.config['limits.cpu'], '1')
    assert.deepEqual(found.devices.data, { type: 'disk', source: '/tmp', path: '/mnt', readonly: 'true' })
    assert.equal(await containerApplyConfig(api, { name: 'tuned', config: { 'user.mine': '' } }), true)
    assert.equal((await read('tuned')).config['user.mine'], undefined)
    await absent(api['1.0'].instances.tuned)
  })

  it('create one container once, when several do so at the same moment', async () => {
    const { api } = running()
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => containerApplyConfig(api, instance('raced'))))
    assert.deepEqual(outcomes.filter(Boolean), [true])
    const started = await Promise.all([1, 2, 3].map(() => containerApplyStatus(api, 'raced', 'Running')))
    // The server lets all of them join the one start: each of them did it.
    assert.ok(started.includes(true))
    const removed = await Promise.all([1, 2, 3].map(() => absent(api['1.0'].instances.raced)))
    assert.ok(removed.some(({ changed }) => changed))
    assert.equal(await containerGet(api, 'raced'), false)
  })

  it('keep both changes, when two change different keys at once', async () => {
    const { api } = running()
    await containerApplyConfig(api, instance('shared'))
    const keys = Array.from({ length: 8 }, (_, number) => `user.key${number}`)
    const change = (key: string) => containerApplyConfig(api, { name: 'shared', config: { [key]: 'set' } })
    assert.ok((await Promise.all(keys.map(change))).every(Boolean))
    const { config } = await read('shared')
    assert.deepEqual(
      keys.filter(key => config[key] !== 'set'),
      [],
    )
    await absent(api['1.0'].instances.shared)
  })

  it('remove an ephemeral container that runs', async () => {
    const { api } = running()
    await containerApplyConfig(api, { ...instance('brief'), ephemeral: true })
    await containerApplyStatus(api, 'brief', 'Running')
    assert.equal((await absent(api['1.0'].instances.brief)).changed, true)
    assert.equal(await containerGet(api, 'brief'), false)
  })

  it('tell of a start that fails, and of an instance that is not there', async () => {
    const { api } = running()
    await containerApplyConfig(api, {
      ...instance('broken'),
      config: { 'raw.lxc': 'lxc.init.cmd = /nonexist' },
    })
    await assert.rejects(containerApplyStatus(api, 'broken', 'Running'), APIOperationException)
    await assert.rejects(containerApplyStatus(api, 'nobody', 'Running'), APINotFoundException)
    await assert.rejects(
      containerApplyConfig(api, { name: 'nothing', source: { type: 'image', alias: 'nope' } }),
    )
    assert.equal(await containerGet(api, 'nothing'), false)
    await absent(api['1.0'].instances.broken)
  })

  it('refuse what they can’t use before anything is sent', async () => {
    const { api } = running()
    await assert.rejects(containerApplyStatus(api, 'life', 'Paused' as 'Frozen'), TypeError)
    // @ts-expect-error: that is a path of the API, not the API
    await assert.rejects(containerGet(api['1.0'].instances, 'life'), TypeError)
    await assert.rejects(containerGet(api, ''), TypeError)
    await assert.rejects(containerAbsent(API.factory(running().daemon.connection), '..'), TypeError)
  })
}
