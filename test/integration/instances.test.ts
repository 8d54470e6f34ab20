import assert from 'node:assert/strict'
import { createReadStream, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  APIConnectionException,
  APIException,
  APINotFoundException,
  type ApiPath,
  absent,
  containerGet,
  freeze,
  type InstanceOutcome,
  type Outcome,
  type Path,
  present,
  rename,
  restart,
  restore,
  setStates,
  snapshot,
  start,
  stop,
  unfreeze,
} from '../../src/index.ts'
import { buildImage } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket, startServer } from './servers.ts'
import { recordTransactions } from './transactions.ts'

const FORCE = { force: true }

describeOnServers(
  'Instances',
  (running, server) => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')
    const source = () => ({ type: 'image', fingerprint: running().image })
    const twice = async (act: () => Promise<Outcome>) => [(await act()).changed, (await act()).changed]
    const statusOf = async (name: string) => (await rest().instances.path(name).get()).metadata.status

    it('come into being, change, start and go, each once', async () => {
      const api = rest()
      const web = { name: 'web', source: source(), config: { 'user.a': 1 }, status: 'Running' } as const
      assert.equal((await present(api.instances[web.name], web, { check: true })).changed, true)
      assert.equal(await containerGet(api, 'web'), false)
      assert.equal((await present(api.instances[web.name], web)).changed, true)
      assert.equal(await statusOf('web'), 'Running')
      const { value, transactions } = await recordTransactions(() => present(api.instances[web.name], web))
      assert.equal(value.changed, false)
      assert.deepEqual(transactions, ['GET /1.0/instances/web'])

      const changed = { ...web, config: { 'user.a': 2 }, status: 'Frozen' } as const
      const { difference } = await present(api.instances.web, changed, { check: true })
      assert.deepEqual(
        difference.map(({ path, from, to }) => [path.join(' '), from, to]),
        [
          ['config user.a', '1', '2'],
          ['status', 'Running', 'Frozen'],
        ],
      )
      assert.deepEqual(await twice(() => present(api.instances[changed.name], changed)), [true, false])
      assert.equal(await statusOf('web'), 'Frozen')
      assert.deepEqual(await twice(() => absent(api.instances.web)), [true, false])
      await assert.rejects(
        present(api.instances[{ ...web, status: 'Paused' as 'Frozen' }.name], {
          ...web,
          status: 'Paused' as 'Frozen',
        }),
        TypeError,
      )
    })

    it('start, freeze, unfreeze, restart and stop, and tell whether that changed anything', async () => {
      const api = rest()
      await present(api.instances.moody, { source: source() })
      assert.equal((await unfreeze(api.instances.moody)).changed, false)
      assert.deepEqual(await twice(() => start(api.instances.moody)), [true, false])
      assert.deepEqual(await twice(() => freeze(api.instances.moody)), [true, false])
      assert.equal((await unfreeze(api.instances.moody, { check: true })).changed, true)
      assert.deepEqual(await twice(() => unfreeze(api.instances.moody)), [true, false])
      const pid = async () => (await api.instances.moody.state.get()).metadata.pid
      const before = await pid()
      assert.equal((await restart(api.instances.moody, FORCE)).changed, true)
      assert.notEqual(await pid(), before)
      assert.deepEqual(await twice(() => stop(api.instances.moody, FORCE)), [true, false])
      assert.equal((await restart(api.instances.moody)).changed, true)
      assert.equal(await statusOf('moody'), 'Running')
      await absent(api.instances.moody)
      for (const act of [start, stop, freeze, unfreeze, restart])
        await assert.rejects(act(api.instances.moody), APINotFoundException)
    })

    it('are renamed once, also by many at once', async () => {
      const api = rest()
      await present(api.instances.before, { source: source() })
      const renamed = await Promise.all([1, 2, 3, 4].map(() => rename(api.instances.before, 'after')))
      assert.equal(renamed.filter(({ changed }) => changed).length, 1)
      assert.equal((await rename(api.instances.before, 'after')).changed, false)
      await present(api.instances.before, { source: source() })
      await assert.rejects(rename(api.instances.before, 'after'), /one of this name already, beside before/)
      await assert.rejects(rename(api.instances.neither, 'nor'), APINotFoundException)
      await Promise.all(['before', 'after'].map(name => absent(api.instances[name])))
    })

    it('are brought back to a snapshot', async () => {
      const api = rest()
      await present(api.instances.saved, { source: source() })
      const { files } = api.instances.saved
      const note = { query: { path: '/root/note' } }
      await files.post('before', note)
      const expires_at = new Date('2030-01-01T00:00:00.123Z')
      assert.deepEqual(await twice(() => snapshot(api.instances.saved, 'one', { expires_at })), [true, false])
      assert.equal(
        (await snapshot(api.instances.saved, 'one', { expires_at: '2031-01-01T00:00:00Z' })).changed,
        true,
      )
      await files.post('after', note)
      assert.equal((await restore(api.instances.saved, 'one')).changed, true)
      assert.equal(await (await files.get(note)).text(), 'before')
      await assert.rejects(restore(api.instances.saved, 'none'), APIException)
      await assert.rejects(snapshot(api.instances.nobody, 'one'), APINotFoundException)
      await absent(api.instances.saved)
    })

    it('change state all at once or filtered, and one that fails hides no other', async () => {
      const project = 'bulk'
      await present(rest().projects.path(project), {
        config: { 'features.images': false, 'features.profiles': false },
      })
      const api = rest().with({ query: { project } })
      for (const name of ['a', 'b', 'c'])
        await present(api.instances[name], {
          source: source(),
          config: { 'user.tier': name === 'c' ? 'db' : 'web' },
        })
      const names = (outcomes: readonly InstanceOutcome[]) =>
        outcomes
          .filter(({ skipped }) => !skipped)
          .map(({ name, changed, error }) => [name, changed, error instanceof APIException])

      const filtered = await setStates(api.instances, 'start', 'config.user.tier eq web')
      assert.deepEqual(names(filtered), [
        ['a', true, false],
        ['b', true, false],
      ])
      const stopped = await recordTransactions(() => setStates(api.instances, 'stop', undefined, FORCE))
      assert.deepEqual(names(stopped.value), [
        ['a', true, false],
        ['b', true, false],
      ])
      assert.equal(stopped.transactions.filter(one => one.startsWith('PUT')).length, 1)
      assert.deepEqual(
        await setStates(api.instances, 'stop'),
        ['a', 'b', 'c'].map(name => ({ name, changed: false, from: 'Stopped', skipped: true })),
      )
      await createBroken(api, running().image)
      const started = await setStates(api.instances, 'start')
      assert.deepEqual(names(started), [
        ['a', true, false],
        ['b', true, false],
        ['broken', false, true],
        ['c', true, false],
      ])
      const chosen = await setStates(api.instances, 'stop', ({ name }) => 'ab'.includes(name), {
        ...FORCE,
        concurrency: 1,
      })
      assert.deepEqual(names(chosen), [
        ['a', true, false],
        ['b', true, false],
      ])
      await assert.rejects(setStates(api.instances, 'explode' as 'start'), TypeError)
      for (const name of ['a', 'b', 'c', 'broken']) await absent(api.instances[name])
      await absent(rest().projects.path(project))
    })

    it('that fail to start say what was reached, and get there when the cause is mended', async () => {
      const api = rest()
      await createBroken(api, running().image)
      const config = { 'user.a': 1 }
      const broken = { name: 'broken', config, status: 'Running' } as const
      await assert.rejects(present(api.instances[broken.name], broken), (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.match(error.message, /\[\/1\.0\/instances\/broken: config\.user\.a was set; it is Stopped\]$/)
        assert.ok(error.stack?.includes(error.message))
        return true
      })
      const mended = { ...broken, devices: { gone: null } }
      assert.deepEqual(await twice(() => present(api.instances[mended.name], mended)), [true, false])
      await absent(api.instances.broken)
    })

    it('of a server that went down in the middle of their creation are created when it is back', async t => {
      const { daemon, api: root } = await startServer(server)
      t.after(() => daemon.stop())
      const api = (root as ApiPath).path('1.0')
      const fingerprint = await upload(api, buildImage({ padding: 4_000_000 }))
      const half = { name: 'half', source: { type: 'image', fingerprint }, status: 'Running' } as const
      const creating = assert.rejects(
        present(api.instances[half.name], half),
        /half: nothing was changed; what it is now/,
      )
      await waitForOperation(api, 'Creating instance')
      await daemon.kill()
      await creating
      await daemon.start()
      assert.deepEqual(await twice(() => present(api.instances[half.name], half)), [true, false])
    })

    it('of a server that goes away say so, and get there when it is back', async t => {
      const { daemon, api: root, image } = await startServer(server)
      t.after(() => daemon.stop())
      const api = (root as ApiPath).path('1.0')
      const doomed = {
        name: 'doomed',
        source: { type: 'image', fingerprint: image },
        status: 'Stopped',
      } as const
      await present(api.instances[{ ...doomed, status: 'Running' }.name], { ...doomed, status: 'Running' })
      // A clean stop of it takes about three seconds.
      const stopping = assert.rejects(
        present(api.instances[{ ...doomed, config: { 'user.a': 1 } }.name], {
          ...doomed,
          config: { 'user.a': 1 },
        }),
        (error: unknown) => {
          assert.ok(error instanceof APIConnectionException)
          assert.match(error.message, /doomed: config\.user\.a was set; what it is now is not known\]$/)
          return true
        },
      )
      await waitForOperation(api, 'Stopping instance')
      await daemon.kill()
      await stopping
      await daemon.start()
      await present(
        api.instances[{ ...doomed, config: { 'user.a': 1 } }.name],
        { ...doomed, config: { 'user.a': 1 } },
        FORCE,
      )
      assert.equal(
        (
          await present(api.instances[{ ...doomed, config: { 'user.a': 1 } }.name], {
            ...doomed,
            config: { 'user.a': 1 },
          })
        ).changed,
        false,
      )
    })
  },
  serversOverSocket(),
)

/** Creates an instance that can't be started, since a folder of its is gone by then. */
async function createBroken(api: Path, fingerprint: string): Promise<void> {
  const source = mkdtempSync(join(tmpdir(), 'lxdapi-gone-'))
  const devices = { gone: { type: 'disk', source, path: '/mnt' } }
  try {
    await present(api.instances.broken, { source: { type: 'image', fingerprint }, devices })
  } finally {
    rmdirSync(source)
  }
}

async function upload(api: Path, path: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream' }
  const { metadata } = await api.images.post(createReadStream(path), { headers }).wait()
  return metadata.metadata.fingerprint
}

/** Resolves once the server does that. */
async function waitForOperation(api: Path, description: string): Promise<void> {
  for (;;) {
    const { metadata } = await api.operations.get({ query: { recursion: 1 } })
    if (JSON.stringify(metadata?.running ?? []).includes(description)) return
  }
}
