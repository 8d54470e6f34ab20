import assert from 'node:assert/strict'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import {
  type API,
  APIConflictException,
  APIException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  absent,
  events,
  exec,
  fileDelete,
  fileList,
  filePull,
  filePush,
  fileStat,
  freeze,
  type Path,
  present,
  rename,
  restart,
  restore,
  setStates,
  snapshot,
  spawn,
  start,
  stop,
  symlinkPresent,
  unfreeze,
  update,
  waitFor,
} from '../../src/index.ts'
import {
  type FakeCommand,
  type FakeOutput,
  type FakeServer,
  fakeServer,
  record,
  replay,
} from '../../src/testing.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { after, before, describe, it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

type Root = ReturnType<typeof API.factory>

// What the commands of these tests do in a real instance.
async function busybox({ command, stdin, environment, cwd, signal }: FakeCommand): Promise<FakeOutput> {
  const [program, ...args] = command
  if (program === 'echo') return { stdout: `${args.join(' ')}\n` }
  if (program === 'cat') return { stdout: await text(stdin) }
  if (program === 'pwd') return { stdout: `${cwd}\n` }
  if (args[1] === 'echo $A') return { stdout: `${environment['A']}\n` }
  if (program === 'sleep') return new Promise(resolve => signal.addEventListener('abort', () => resolve({})))
  if (program === 'sh') return { stderr: 'bad\n', exitCode: 3 }
  return { exitCode: 127 }
}

describe('The fake server', {}, () => {
  let server: FakeServer
  before(async () => {
    server = await fakeServer({ images: ['alpine'], exec: busybox })
  })
  after(() => server.close())
  declare(() => server.api)
})

describeOnServers(
  'What the fake server does',
  running => {
    before(async () => {
      const { api, image } = running()
      await api['1.0'].images.aliases.post({ name: 'alpine', target: image })
    })
    declare(() => running().api)
  },
  serversOverSocket(),
)

function declare(root: () => Root): void {
  const api = () => root()['1.0']
  const instance = (name: string) => api().instances.path(name)
  const source = { type: 'image', alias: 'alpine' } as const

  it('creates, starts, changes and deletes an instance', async () => {
    const web = api().instances.web
    const created = await present(web, { source, config: { 'user.a': '1' }, status: 'Running' })
    assert.equal(created.changed, true)
    const again = await present(web, { source, config: { 'user.a': '1' }, status: 'Running' })
    assert.deepEqual([again.changed, again.difference], [false, []])
    const { metadata } = await web.get()
    assert.equal(metadata.status, 'Running')
    assert.equal(metadata.status_code, 103)
    assert.equal(metadata.config['user.a'], '1')
    assert.equal(metadata.config['image.os'] !== undefined, true)
    assert.deepEqual(metadata.profiles, ['default'])
    const changed = await present(web, { config: { 'user.a': '2' }, description: 'new' })
    assert.deepEqual(
      changed.difference.map(({ path, from, to }) => [path.join('.'), from, to]),
      [
        ['config.user.a', '1', '2'],
        ['description', '', 'new'],
      ],
    )
    assert.equal((await absent(web)).changed, true)
    assert.equal((await absent(web)).changed, false)
    await assert.rejects(web.get(), isRefusal(APINotFoundException, 404, /Instance not found/))
  })

  it('has the states of an instance', async () => {
    const item = instance('states')
    await present(item, { source })
    assert.equal((await item.state.get()).metadata.status, 'Stopped')
    await start(item)
    await waitFor(item, { status: 'Running' }, { timeout: 20 })
    const { metadata: state } = await item.state.get()
    assert.equal(state.network?.['lo']?.type, 'loopback')
    assert.ok(Number(state.pid) > 0)
    await freeze(item)
    assert.equal((await item.get()).metadata.status, 'Frozen')
    await unfreeze(item)
    await restart(item, { force: true })
    assert.equal((await item.get()).metadata.status, 'Running')
    assert.equal((await start(item)).changed, false)
    const failed = item.state.put({ action: 'start' }).wait()
    await assert.rejects(failed, isOperationFailure(/The instance is already running/))
    await assert.rejects(item.delete(), isRefusal(APIException, 400, /Instance is running/))
    await assert.rejects(item.post({ name: 'other' }).wait(), isOperationFailure(/not allowed/))
    const stopped = await setStates(api().instances, 'stop', undefined, { force: true })
    assert.deepEqual(
      stopped.map(({ name }) => name),
      ['states'],
    )
    await assert.rejects(
      item.state.put({ action: 'fly' as never }),
      isRefusal(APIException, 400, /^Unknown action: 'fly'$/),
    )
    await absent(item)
  })

  it('runs commands', async () => {
    const item = instance('commands')
    await present(item, { source, status: 'Running' })
    assert.deepEqual(await exec(item, ['echo', 'hi']), { exitCode: 0, stdout: 'hi\n', stderr: '' })
    assert.equal((await exec(item, ['cat'], { input: 'to read' })).stdout, 'to read')
    assert.equal((await exec(item, ['pwd'], { cwd: '/tmp' })).stdout, '/tmp\n')
    assert.equal((await exec(item, ['sh', '-c', 'echo $A'], { environment: { A: 'b' } })).stdout, 'b\n')
    const failed = await exec(item, ['sh', '-c', 'echo bad >&2; exit 3'])
    assert.deepEqual(failed, { exitCode: 3, stdout: '', stderr: 'bad\n' })
    assert.equal((await exec(item, ['echo', 'hi'], { record: true })).stdout, 'hi\n')
    await assert.rejects(exec(item, ['no-such-program']), isOperationFailure(/Command not found/i))
    const child = await spawn(item, ['sleep', '60'])
    child.kill('SIGTERM')
    assert.equal(await child.exited, 143)
    await stop(item, { force: true })
    await assert.rejects(exec(item, ['echo']), isRefusal(APIException, 400, /^Instance is not running$/))
    await absent(item)
  })

  it('has files', async () => {
    const item = instance('files')
    await present(item, { source })
    assert.equal(await filePush(item, '/root/a', Buffer.from('one'), { mode: 0o600 }), 3)
    await filePush(item, '/root/a', Buffer.from(' two'), { append: true })
    assert.equal(String(await filePull(item, '/root/a')), 'one two')
    const stat = await fileStat(item, '/root/a')
    assert.deepEqual(
      { ...stat, modified: 0 },
      { type: 'file', mode: 0o600, uid: 0, gid: 0, modified: 0, size: 7 },
    )
    await filePush(item, '/root/deep/er/b', Buffer.from('b'), { parents: true })
    assert.deepEqual(await fileList(item, '/root/deep'), ['er'])
    await symlinkPresent(item, '/root/link', '/root/a')
    assert.equal((await fileStat(item, '/root/link'))?.type, 'symlink')
    assert.equal(await fileStat(item, '/root/nope'), undefined)
    await assert.rejects(filePull(item, '/root/nope'), isRefusal(APINotFoundException, 404, /./))
    await assert.rejects(
      filePush(item, '/nope/a', Buffer.from('x')),
      isRefusal(APINotFoundException, 404, /./),
    )
    await assert.rejects(fileDelete(item, '/root/deep'), isRefusal(APIException, 500, /not empty/))
    assert.equal((await fileDelete(item, '/root/deep', { recursive: true })).changed, true)
    assert.equal((await fileDelete(item, '/root/deep')).changed, false)
    await absent(item)
  })

  it('has snapshots, to which an instance returns', async () => {
    const item = instance('snapshots')
    await present(item, { source, config: { 'user.a': '1' } })
    await filePush(item, '/root/a', Buffer.from('before'))
    assert.equal((await snapshot(item, 'first')).changed, true)
    assert.equal((await snapshot(item, 'first')).changed, false)
    const { metadata: list } = await item.snapshots.get()
    assert.deepEqual(list, ['/1.0/instances/snapshots/snapshots/first'])
    await present(item, { config: { 'user.a': '2' } })
    await filePush(item, '/root/a', Buffer.from('after'))
    await restore(item, 'first')
    assert.equal((await item.get()).metadata.config['user.a'], '1')
    assert.equal(String(await filePull(item, '/root/a')), 'before')
    await rename(item.snapshots.path('first'), 'second')
    await assert.rejects(
      item.snapshots.path('first').get(),
      isRefusal(APINotFoundException, 404, /not found/),
    )
    assert.equal((await item.snapshots.path('second').get()).metadata.name, 'second')
    await absent(item.snapshots.path('second'))
    await absent(item)
  })

  it('renames an instance with its snapshots', async () => {
    await present(instance('old'), { source })
    await snapshot(instance('old'), 'first')
    assert.equal((await rename(instance('old'), 'moved')).changed, true)
    assert.equal((await instance('moved').snapshots.path('first').get()).metadata.name, 'first')
    await assert.rejects(instance('old').get(), APINotFoundException)
    await absent(instance('moved'))
  })

  it('has profiles, which instances use', async () => {
    const profile = api().profiles.small
    assert.equal((await present(profile, { config: { 'user.size': 's' }, description: 'd' })).changed, true)
    await assert.rejects(
      api().profiles.post({ name: 'small' }),
      isRefusal(APIConflictException, 500, /already exists/),
    )
    await assert.rejects(api().profiles.post({} as never), isRefusal(APIException, 400, /^No name provided$/))
    const { metadata, etag } = await profile.get()
    assert.deepEqual(
      { ...metadata, project: 0 },
      {
        name: 'small',
        description: 'd',
        config: { 'user.size': 's' },
        devices: {},
        used_by: [],
        project: 0,
      },
    )
    await profile.patch({ config: { 'user.b': '1' } }, { headers: { 'If-Match': String(etag) } })
    const stale = profile.put({ config: {} }, { headers: { 'If-Match': String(etag) } })
    await assert.rejects(stale, isRefusal(APIPreconditionFailedException, 412, /^ETag doesn't match/))
    assert.deepEqual((await profile.get()).metadata.config, { 'user.size': 's', 'user.b': '1' })
    await update(profile, one => {
      one.config['user.c'] = '2'
    })
    const item = instance('profiled')
    await present(item, { source, profiles: ['default', 'small'] })
    assert.equal((await item.get()).metadata.expanded_config?.['user.c'], '2')
    assert.deepEqual((await profile.get()).metadata.used_by, ['/1.0/instances/profiled'])
    await assert.rejects(profile.delete(), isRefusal(APIException, 500, /in use/))
    await absent(item)
    assert.equal((await rename(profile, 'large')).changed, true)
    assert.equal((await absent(api().profiles.large)).changed, true)
    await assert.rejects(api().profiles.default.delete(), isRefusal(APIException, 403, /cannot be deleted/))
    await assert.rejects(
      api().profiles.small.get(),
      isRefusal(APINotFoundException, 404, /Profile not found/),
    )
  })

  it('has projects with instances of their own', async () => {
    const config = { 'features.images': 'false', 'features.profiles': 'false' }
    await present(api().projects.shop, { config })
    await assert.rejects(
      api().projects.post({ name: 'shop' }),
      isRefusal(APIConflictException, undefined, /shop/),
    )
    const shop = root().with({ query: { project: 'shop' } })['1.0']
    await present(shop.instances.web, { source })
    assert.deepEqual((await shop.instances.get()).metadata.length, 1)
    assert.deepEqual((await api().instances.get()).metadata, [])
    await assert.rejects(api().instances.web.get(), APINotFoundException)
    await assert.rejects(api().projects.shop.delete(), isRefusal(APIException, 500, /empty/))
    await absent(shop.instances.web)
    await absent(api().projects.shop)
    await assert.rejects(api().projects.shop.get(), isRefusal(APINotFoundException, 404, /Project not found/))
  })

  it('has images and their aliases', async () => {
    const { metadata: alias } = await api().images.aliases.alpine.get()
    const { metadata: image } = await api().images.path(String(alias?.target).slice(0, 20)).get()
    assert.equal(image.fingerprint, alias.target)
    assert.deepEqual(image.aliases, [{ name: 'alpine', description: '' }])
    const taken = api().images.aliases.post({ name: 'alpine', target: alias.target })
    await assert.rejects(taken, isRefusal(APIConflictException, 409, /Alias "alpine" already exists/))
    await assert.rejects(
      api().images.aliases.nope.get(),
      isRefusal(APINotFoundException, 404, /alias not found/),
    )
    await assert.rejects(api().images.path('abcd').get(), isRefusal(APINotFoundException, 404, /not found/))
    await assert.rejects(
      api()
        .instances.post({ name: 'x', source: { type: 'image', alias: 'nope' } })
        .wait(),
      APIException,
    )
  })

  it('tells what happens as events', async () => {
    const controller = new AbortController()
    const stream = await events(root()['1.0'], {
      type: ['lifecycle', 'operation'],
      signal: controller.signal,
    })
    await present(instance('told'), { source, status: 'Running' })
    await exec(instance('told'), ['echo'])
    await filePush(instance('told'), '/root/a', Buffer.from('a'))
    await absent(instance('told'))
    await api().profiles.post({ name: 'told' })
    await absent(api().profiles.told)
    const seen: string[] = []
    for await (const event of stream) {
      if (event.type === 'operation') seen.push(`${event.metadata.description}: ${event.metadata.status}`)
      if (event.type === 'lifecycle') seen.push(`${event.metadata.action} ${event.metadata.source}`)
      if (seen.at(-1)?.startsWith('profile-deleted')) break
    }
    for (const wanted of [
      'Creating instance: Running',
      'Creating instance: Success',
      'instance-created /1.0/instances/told',
      'instance-started /1.0/instances/told',
      'instance-exec /1.0/instances/told',
      'instance-file-pushed /1.0/instances/told',
      'Deleting instance: Success',
      'instance-deleted /1.0/instances/told',
      'profile-created /1.0/profiles/told',
      'profile-deleted /1.0/profiles/told',
    ])
      assert.ok(seen.includes(wanted), `${wanted} is not in ${JSON.stringify(seen, null, 1)}`)
  })

  it('is recorded, and replayed without it', async () => {
    const file = join(createTempFolder(), 'recording.json')
    await using recorder = record(root(), file)
    const run = async (from: Root) => {
      const item = from['1.0'].instances.path('recorded')
      const stream = await events(from['1.0'], { type: 'lifecycle' })
      const { changed } = await present(item, { source, status: 'Running' })
      const { value: event } = await stream.next()
      await stream.return()
      const output = await exec(item, ['cat'], { input: 'to read' })
      const failed = await exec(item, ['sh', '-c', 'echo bad >&2; exit 3'])
      await filePush(item, '/root/a', Buffer.from([0, 255]))
      const bytes = await filePull(item, '/root/a')
      await absent(item)
      return [changed, event, output, failed, bytes].map(one => JSON.stringify(one))
    }
    const recorded = await run(root())
    await recorder.close()
    assert.deepEqual(await run(replay(file)), recorded)
  })

  it('keeps an operation until it has ended, and refuses what it does not know', async () => {
    await assert.rejects(
      api().operations.path('nope').get(),
      isRefusal(APINotFoundException, 404, /^Operation not found$/),
    )
    await assert.rejects(untyped().path('nothing').get(), isRefusal(APINotFoundException, 404, /^not found$/))
    const bad = untyped().path('instances').post({ name: 'bad_name', source })
    await assert.rejects(bad, isRefusal(APIException, 400, /^Invalid instance name: Name can only contain/))
    const twice = async () => {
      await api().instances.post({ name: 'twice', source }).wait()
      await api().instances.post({ name: 'twice', source }).wait()
    }
    await assert.rejects(twice(), (error: unknown) => error instanceof APIException)
    await absent(instance('twice'))
    const { metadata } = await api().get()
    assert.deepEqual([metadata.api_version, metadata.auth], ['1.0', 'trusted'])
  })

  function untyped(): Path {
    // Safe cast: a path of the API, without the types of what there is.
    return api() as unknown as Path
  }
}

function isRefusal(
  Exception: new (...args: never[]) => APIException,
  status: number | undefined,
  message: RegExp,
): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof Exception, String(error))
    if (status !== undefined) assert.equal(error.statusCode, status)
    assert.match(error.error, message)
    return true
  }
}

function isOperationFailure(message: RegExp): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof APIOperationException, String(error))
    assert.match(error.error, message)
    return true
  }
}
