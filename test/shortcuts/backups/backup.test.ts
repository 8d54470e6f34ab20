import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { APITransferException, exportTo, importFrom } from '../../../src/index.ts'
import { type Answer, failure, type Reply, serve, started, sync } from '../../servers/server.ts'

const ended = sync({ id: '1', class: 'task', status: 'Success', status_code: 200, err: '', resources: {} })
const type = { 'content-type': 'application/octet-stream' }
const isWait = (url: string): boolean => url.startsWith('/1.0/operations/')

test('exportTo() makes a backup that expires, copies it for this user only, and deletes it', async t => {
  const dir = await temporary(t)
  const { root, received } = await serve(
    t,
    answerBackup({ headers: { ...type, 'content-length': 5 }, body: 'bytes' }),
  )
  assert.equal(
    await exportTo(root.path('1.0', 'instances', 'web'), join(dir, 'web.tar'), { compression: 'none' }),
    5,
  )
  assert.equal((await stat(join(dir, 'web.tar'))).mode & 0o777, 0o600)
  const body = JSON.parse(String(received[1]?.body))
  assert.ok(new Date(body.expires_at) > new Date())
  assert.equal(body.compression_algorithm, 'none')
  const backup = `/1.0/instances/web/backups/${body.name}`
  const calls = received.filter(({ url }) => !isWait(url)).map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(calls, [
    'GET /1.0',
    'POST /1.0/instances/web/backups',
    `GET ${backup}/export`,
    `DELETE ${backup}`,
  ])
})

test('exportTo() that is cut deletes the backup, and leaves no file', async t => {
  const dir = await temporary(t)
  const cut: Answer = (_request, response) => {
    response.writeHead(200, { ...type, 'content-length': 100 })
    response.write('abc', () => response.socket?.end())
    return undefined
  }
  const { root, received } = await serve(t, (request, response) =>
    request.url.endsWith('/export') ? cut(request, response) : answerBackup({})(request, response),
  )
  await assert.rejects(
    exportTo(root.path('1.0', 'instances', 'web'), join(dir, 'web.tar')),
    APITransferException,
  )
  assert.deepEqual(await readdir(dir), [])
  assert.equal(received.filter(({ method }) => method === 'DELETE').length, 1)
})

test('exportTo() that is aborted while the server makes the backup deletes it once it is made', async t => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { root, received } = await serve(t, ({ method, url }, response) => {
    if (url === '/1.0') return sync({ api_extensions: [] })
    if (method === 'POST') return started()
    if (method === 'DELETE') return sync({})
    if (!isWait(url)) return undefined
    // The first wait is for whoever aborts, the second one sees the end.
    if (controller.signal.aborted) return ended
    response.once('close', () => {})
    controller.abort(reason)
    return undefined
  })
  await assert.rejects(
    exportTo(root.path('1.0', 'instances', 'web'), '/nonexistent/x', { signal: controller.signal }),
    reason,
  )
  assert.equal(received.at(-1)?.method, 'DELETE')
})

test('exportTo() lets a server that can do so send the backup while it makes it', async t => {
  const dir = await temporary(t)
  const { root, received } = await serve(t, answerDirectly({ headers: type, body: Buffer.from('bytes') }))
  const web = root.path('1.0', 'instances', 'web')
  const told: unknown[] = []
  const onProgress = (step: unknown): unknown => told.push(step)
  const target = join(dir, 'web.tar')
  assert.equal(await exportTo(web, target, { snapshots: false, compression: 'none', onProgress }), 5)
  assert.equal(await readFile(target, 'utf8'), 'bytes')
  assert.equal((await stat(target)).mode & 0o777, 0o600)
  assert.deepEqual(told, [{ bytes: 5, total: undefined }])
  assert.deepEqual(
    received.map(({ method, url, headers }) => [method, url, headers.accept]),
    [
      ['GET', '/1.0', undefined],
      ['POST', '/1.0/instances/web/backups', 'application/octet-stream'],
    ],
  )
  assert.deepEqual(JSON.parse(String(received[1]?.body)), {
    instance_only: true,
    compression_algorithm: 'none',
  })
})

test('exportTo() of a backup that the server breaks off while it sends it leaves no file', async t => {
  const dir = await temporary(t)
  const { root, received } = await serve(t, (request, response) => {
    if (request.method === 'GET') return sync({ api_extensions: ['direct_backup'] })
    response.writeHead(200, type)
    response.write('abc', () => response.socket?.end())
    return undefined
  })
  await assert.rejects(
    exportTo(root.path('1.0', 'instances', 'web'), join(dir, 'web.tar')),
    APITransferException,
  )
  assert.deepEqual(await readdir(dir), [])
  assert.equal(received.length, 2)
})

test('exportTo() of a backup that the server sends at once tells why it refuses', async t => {
  const { root } = await serve(t, answerDirectly(failure(400, 'Invalid compression algorithm')))
  await assert.rejects(
    exportTo(root.path('1.0', 'instances', 'web'), '/nonexistent/x'),
    /POST \S+\/backups Invalid compression algorithm$/,
  )
})

test('exportTo() tells of a backup that can’t be made, and of no other', async t => {
  const { root } = await serve(t, { status: 404, json: { type: 'error', error: 'Instance not found' } })
  await assert.rejects(
    exportTo(root.path('1.0', 'instances', 'web'), '/nonexistent/x'),
    /Instance not found$/,
  )
})

test('importFrom() reads what it imported, by the name that the server tells or the one that was given', async t => {
  const resources = { instances: ['/1.0/instances/c%C3%A9?project=apart'] }
  const { root, received } = await serve(t, ({ url }) =>
    isWait(url) ? sync({ ...{ id: '1', class: 'task', status_code: 200, err: '' }, resources }) : started(),
  )
  const imported = await importFrom(root.path('1.0', 'instances'), Buffer.from('backup'))
  assert.equal(imported.result?.request.path, '/1.0/instances/c%C3%A9')
  const web2 = root.path('1.0', 'instances', 'web2')
  const { result, changed } = await importFrom(web2, Buffer.from('backup'), { pool: 'fast' })
  assert.deepEqual([result?.request.path, changed], ['/1.0/instances/web2', true])
  const { headers } = received.findLast(({ method }) => method === 'POST') ?? {}
  assert.equal(headers?.['x-lxd-name'], 'web2')
  assert.equal(headers?.['x-incus-pool'], 'fast')
})

test('importFrom() of an ISO image asks first whether the server knows them', async t => {
  const { root, received } = await serve(t, sync({ api_extensions: ['other'] }))
  await assert.rejects(
    importFrom(root.path('1.0', 'storage-pools', 'default', 'volumes', 'custom', 'iso'), Buffer.from('x'), {
      type: 'iso',
    }),
    /custom_volume_iso/,
  )
  assert.deepEqual(
    received.map(({ method }) => method),
    ['GET'],
  )
})

// As Incus 7 does.
function answerDirectly(reply: Reply): Answer {
  return ({ method }) => (method === 'GET' ? sync({ api_extensions: ['direct_backup'] }) : reply)
}

function answerBackup(exported: object): Answer {
  return ({ method, url }) => {
    if (url === '/1.0') return sync({ api_extensions: [] })
    if (method === 'POST') return started()
    if (method === 'DELETE') return sync({})
    return isWait(url) ? ended : exported
  }
}

async function temporary(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}
