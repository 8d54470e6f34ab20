import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { directoryPush } from '../../../src/index.ts'
import { countDescriptors } from '../../servers/raw-server.ts'
import { type Reply, serve, sync } from '../../servers/server.ts'

const look = { 'x-lxd-mode': '0755', 'x-lxd-uid': '0', 'x-lxd-gid': '0' }
const SECRET = 'what nobody may have'

/** The first request that tells that a name has been looked at here, and has not been opened yet. */
const LOOKED_AT = { file: 'HEAD /x/file', directory: 'HEAD /x/sub', above: 'HEAD /x/sub/file' }

test('directoryPush() sends no file from outside that somebody puts a link to in a file’s place', async t => {
  const { push, sent, tree } = await startPush(t, LOOKED_AT.file, async ({ tree, outside }) => {
    await rm(join(tree, 'file'))
    await symlink(join(outside, 'file'), join(tree, 'file'))
  })
  await assert.rejects(push(), {
    message: `${join(tree, 'file')} was replaced by something else while it was copied`,
  })
  assert.ok(!sent().includes(SECRET))
})

test('directoryPush() sends no other file that somebody puts in a file’s place', async t => {
  const { push, sent } = await startPush(t, LOOKED_AT.file, ({ tree, outside }) =>
    rename(join(outside, 'file'), join(tree, 'file')),
  )
  await assert.rejects(push(), /tree\/file was replaced by something else while it was copied/)
  assert.ok(!sent().includes(SECRET))
})

test('directoryPush() sends nothing of a directory that somebody puts a link to in a directory’s place', async t => {
  const { push, sent } = await startPush(t, LOOKED_AT.directory, swapDirectory)
  assert.equal((await push()).files, 2)
  assert.ok(sent().includes('within'))
  assert.ok(!sent().includes(SECRET))
})

test('directoryPush() sends nothing of a directory that takes the place of one above', async t => {
  const { push, sent } = await startPush(t, LOOKED_AT.above, swapDirectory)
  assert.equal((await push()).files, 2)
  assert.ok(sent().includes('within'))
  assert.ok(!sent().includes(SECRET))
})

test('directoryPush() does not wait for a writer of a pipe that takes a file’s place', async t => {
  const { push } = await startPush(t, LOOKED_AT.file, async ({ tree }) => {
    await rm(join(tree, 'file'))
    execFileSync('mkfifo', [join(tree, 'file')])
  })
  await assert.rejects(push(), /tree\/file was replaced/)
})

test('directoryPush() leaves nothing open, whether it fails or not', async t => {
  const { push, tree, root } = await startPush(t, '', async () => {})
  const before = countDescriptors()
  assert.deepEqual(await push(), { files: 2, directories: 2, symlinks: 0, bytes: 15 })
  await symlink('file', join(tree, 'sub/link'))
  await writeFile(join(tree, 'refused'), '')
  await assert.rejects(push(), /no more room/)
  await root.close()
  while (countDescriptors() > before) await new Promise(resolve => setImmediate(resolve))
})

test('directoryPush() of what is no directory sends nothing', async t => {
  const { tree, root, received } = await startPush(t, '', async () => {})
  await assert.rejects(directoryPush(root.path('1.0', 'instances', 'web'), '/x', join(tree, 'file')), {
    code: 'ENOTDIR',
  })
  await assert.rejects(directoryPush(root.path('1.0', 'instances', 'web'), '/x', join(tree, 'nothing')), {
    code: 'ENOENT',
  })
  assert.deepEqual(received, [])
})

interface Places {
  readonly tree: string
  readonly outside: string
}

async function swapDirectory({ tree, outside }: Places): Promise<void> {
  await rename(join(tree, 'sub'), join(outside, 'moved'))
  await symlink(outside, join(tree, 'sub'))
}

/** A tree to push into an instance that has it already; at a request, something happens to it here. */
async function startPush(t: TestContext, moment: string, happen: (places: Places) => Promise<unknown>) {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const places = { tree: join(dir, 'tree'), outside: join(dir, 'outside') }
  await mkdir(join(places.tree, 'sub'), { recursive: true })
  await mkdir(places.outside)
  await writeFile(join(places.tree, 'file'), 'harmless')
  await writeFile(join(places.tree, 'sub/file'), 'within\n')
  await writeFile(join(places.outside, 'file'), SECRET, { mode: 0o600 })
  await chmod(join(places.tree, 'file'), 0o644)
  const served = await serve(t, ({ method, url }, response) => {
    const path = new URL(url, 'http://localhost').searchParams.get('path') ?? ''
    const reply = replyTo(method, path)
    const isMoment = `${method} ${path}` === moment
    void (isMoment ? happen(places) : Promise.resolve()).then(() => {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      response.end(method === 'HEAD' ? undefined : JSON.stringify(reply.json))
    })
    return undefined
  })
  const push = () =>
    directoryPush(served.root.path('1.0', 'instances', 'web'), '/x', places.tree, { by: 'http' })
  const sent = () => served.received.map(({ body }) => String(body)).join(' ')
  return { ...served, ...places, push, sent }
}

function replyTo(method: string, path: string): Reply {
  if (method === 'POST' && path.endsWith('refused'))
    return { status: 500, json: { type: 'error', error: 'no more room' } }
  if (method === 'POST' || method === 'DELETE') return sync(null)
  const isDirectory = !path.endsWith('file')
  const names = path.startsWith('/x/sub') ? ['file'] : ['file', 'sub']
  return { ...sync(names), headers: { ...look, 'x-lxd-type': isDirectory ? 'directory' : 'file' } }
}
