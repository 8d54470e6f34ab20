import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  type API,
  APIConnectionException,
  APINotFoundException,
  APIOperationException,
  absent,
  events,
  exec,
  fileList,
  filePull,
  filePush,
  present,
} from '../../src/index.ts'
import { type FakeServer, fakeServer, type Recording, record, replay } from '../../src/testing.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { connect } from '../servers/server.ts'

type Root = ReturnType<typeof API.factory>

async function start(t: TestContext): Promise<{ server: FakeServer; file: string }> {
  const server = await fakeServer({
    images: ['alpine'],
    instances: { web: { status: 'Running', files: { '/etc/motd': 'Hello\n' } } },
    exec: ({ command: [name, code] }) => ({
      stdout: `${[name, code].join(' ').trim()}\n`,
      exitCode: name === 'exit' ? Number(code) : 0,
    }),
  })
  t.after(() => server.close())
  return { server, file: join(createTempFolder(), 'recording.json') }
}

function read(file: string): Recording {
  return JSON.parse(readFileSync(file, 'utf8'))
}

async function run(root: Root): Promise<unknown[]> {
  const api = root['1.0']
  const db = api.instances.db
  const created = await present(db, { source: { type: 'image', alias: 'alpine' }, status: 'Running' })
  const missing = await api.instances.nope.get().catch((error: unknown) => error)
  assert.ok(missing instanceof APINotFoundException)
  const { stdout } = await exec(api.instances.web, ['uname'], { record: true })
  await filePush(db, '/root/bytes', Buffer.from([0, 255, 254]))
  const files = [await filePull(api.instances.web, '/etc/motd'), await filePull(db, '/root/bytes')]
  const list = await fileList(db, '/root')
  const failed = await db.state
    .put({ action: 'start' })
    .wait()
    .catch((error: unknown) => error)
  assert.ok(failed instanceof APIOperationException)
  const gone = await absent(db)
  const { result, difference } = created
  const outcomes = [result?.metadata, difference, gone.difference, failed.error, missing.error]
  return JSON.parse(JSON.stringify([...outcomes, stdout, files, list]))
}

test('a run is replayed from its recording, without its server', async t => {
  const { server, file } = await start(t)
  const recorder = record(server.api, file)
  const recorded = await run(server.api)
  await recorder.close()
  await server.close()
  assert.deepEqual(await run(replay(file)), recorded)
})

test('a recording is one JSON document, with ids and times as they were', async t => {
  const { server, file } = await start(t)
  const recorder = record(server.api, file)
  const { metadata } = await server.api['1.0'].instances.web.get()
  await recorder.close()
  const { version, calls } = read(file)
  assert.equal(version, 1)
  const [call] = calls
  assert.deepEqual([call?.method, call?.path, call?.status], ['GET', '/1.0/instances/web', 200])
  assert.deepEqual(call?.json, JSON.parse(JSON.stringify({ ...(call?.json as object), metadata })))
  assert.deepEqual(Object.keys(call?.headers ?? {}), ['content-type', 'etag'])
})

test('no secret is in a recording, and a request with another secret is the same request', async t => {
  const { server, file } = await start(t)
  await using recorder = record(server.api, file)
  const body = (secret: string) => ({ name: 'p', config: { 'user.password': secret }, description: 'd' })
  await server.api['1.0'].profiles.post(body('geheim-1'))
  await server.api['1.0'].profiles.p?.get()
  const query = { path: '/root/secrets' }
  await server.api['1.0'].instances.web.files.post('password=geheim-2', { query })
  await (await server.api['1.0'].instances.web.files.get({ query })).text()
  await recorder.close()
  assert.ok(!readFileSync(file, 'utf8').includes('geheim'), readFileSync(file, 'utf8'))
  await replay(file)['1.0'].profiles.post(body('geheim-3'))
})

test('what was never recorded is refused, with a diff to the nearest request', async t => {
  const { server, file } = await start(t)
  const recorder = record(server.api, file)
  await server.api['1.0'].instances.get()
  await server.api['1.0'].instances.web.state.put({ action: 'stop', force: true }).wait()
  await recorder.close()
  const api = replay(file)['1.0']
  await assert.rejects(api.instances.web.state.put({ action: 'start', force: true }), (error: unknown) => {
    assert.ok(error instanceof APIConnectionException)
    const lines = error.error.split('\n')
    assert.match(String(lines[0]), /recording\.json does not have this request/)
    assert.deepEqual(lines.slice(1), [
      '  PUT /1.0/instances/web/state',
      '  {',
      '-   "action": "stop",',
      '+   "action": "start",',
      '    "force": true',
      '  }',
    ])
    return true
  })
  const other = api.instances.get({ query: { recursion: 1 } })
  await assert.rejects(other, /- GET \/1\.0\/instances\n\+ GET \/1\.0\/instances\?recursion=1/)
})

test('a request gets its answers in their order, and no more of them than were recorded', async t => {
  const { server, file } = await start(t)
  const recorder = record(server.api, file)
  const { web } = server.api['1.0'].instances
  await web.get()
  await web.patch({ description: 'new' })
  await web.get()
  await recorder.close()
  const replayed = replay(file)['1.0'].instances.web
  assert.equal((await replayed.get()).metadata.description, '')
  assert.equal((await replayed.get()).metadata.description, 'new')
  await assert.rejects(replayed.get(), /has this request 2 times, and no more/)
})

test('what nothing answered fails in the replay as well, and an aborted call is not in it', async t => {
  const { file } = await start(t)
  const { root, api } = connect(t, { socketPath: '/nowhere/unix.socket' })
  await using recorder = record(root, file)
  const signal = AbortSignal.abort(new Error('enough'))
  await assert.rejects(api.get({ signal }), /enough/)
  const failure = await api.get().catch((error: unknown) => error)
  assert.ok(failure instanceof APIConnectionException)
  await recorder.close()
  assert.deepEqual(read(file).calls, [{ method: 'GET', path: '/1.0', failure: failure.error }])
  await assert.rejects(replay(file)['1.0'].get(), (error: unknown) => {
    assert.ok(error instanceof APIConnectionException)
    assert.equal(error.error, failure.error)
    return true
  })
})

test('closing the API writes the recording', async t => {
  const { server, file } = await start(t)
  record(server.api, file)
  await server.api['1.0'].get()
  await server.close()
  assert.equal(read(file).calls.length, 1)
})

test('commands and events are replayed from what the server sent by websockets', async t => {
  const { server, file } = await start(t)
  await using recorder = record(server.api, file)
  const runCommands = async (root: Root) => {
    const { web, db } = root['1.0'].instances
    const stream = await events(root['1.0'], { type: 'lifecycle' })
    const output = await exec(web, ['echo', 'hi'], { input: 'unused' })
    const failed = await exec(web, ['exit', '3'])
    await present(db, { source: { type: 'image', alias: 'alpine' } })
    await db.state.put({ action: 'start' }).wait({ onProgress: () => {} })
    const { value } = await stream.next()
    await stream.return()
    return [output, failed, value?.type === 'lifecycle' && value.metadata.action]
  }
  const recorded = await runCommands(server.api)
  assert.deepEqual(recorded, [
    { exitCode: 0, stdout: 'echo hi\n', stderr: '' },
    { exitCode: 3, stdout: 'exit 3\n', stderr: '' },
    'instance-exec',
  ])
  await recorder.close()
  await server.close()
  const { calls } = read(file)
  const started = calls.find(({ path }) => path === '/1.0/instances/web/exec')?.json
  const { fds } = (started as { metadata: { metadata: { fds: Record<string, string> } } }).metadata.metadata
  assert.ok(Object.values(fds).every(secret => secret.length < 64))
  assert.ok(!/secret=[\da-f]{8}/.test(readFileSync(file, 'utf8')))
  const messages = calls.flatMap(call => call.messages ?? [])
  assert.ok(messages.some(message => 'binary' in message && message.binary === 'echo hi\n'))
  assert.deepEqual(await runCommands(replay(file)), recorded)
})

test('connections of other protocols are refused, recording and replaying', async t => {
  const { server, file } = await start(t)
  await using recorder = record(server.api, file)
  const { web } = server.api['1.0'].instances
  await assert.rejects(web.sftp.upgrade('sftp'), /record\(\) keeps no connections of the protocol sftp/)
  await recorder.close()
  await assert.rejects(
    replay(file)['1.0'].instances.web.sftp.upgrade('sftp'),
    /no connections of the protocol sftp/,
  )
})

test('an API is recorded once at a time', async t => {
  const { server, file } = await start(t)
  await using _recorder = record(server.api, file)
  assert.throws(() => record(server.api, file), /intercepted already/)
})

test('what is no recording is refused', () => {
  assert.throws(() => replay('package.json'), /package\.json is no recording/)
})
