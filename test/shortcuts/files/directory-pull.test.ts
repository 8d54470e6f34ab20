import assert from 'node:assert/strict'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { directoryPull } from '../../../src/index.ts'
import { type Answer, serve, type TestServer } from '../../servers/server.ts'

/** What a path is: the names in a directory, a link's target, or a file. */
type Node = { readonly names: readonly unknown[] } | { readonly link: string } | { readonly text: string }

for (const name of ['..', '.', '', '/etc/passwd', 'a/b', '../../etc', 'nul\0', 7, null]) {
  test(`directoryPull() refuses a directory with ${JSON.stringify(name)} in it, and leaves nothing behind`, async t => {
    const { dir, root } = await serveTree(t, {
      '/tree/.': { names: ['good', name] },
      '/tree/good': { text: 'x' },
    })
    await assert.rejects(
      directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' }),
      /which is no name/,
    )
    assert.deepEqual(await readdir(dir), ['outside'])
  })
}

test('directoryPull() does not write through a link that the server sent before', async t => {
  const { dir, root } = await serveTree(t, {
    '/tree/.': { names: ['trap'] },
    '/tree/trap': { link: '/' },
  })
  await mkdir(join(dir, 'copy'))
  await directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' })
  assert.ok((await lstat(join(dir, 'copy/trap'))).isSymbolicLink())
  // The second time it is a directory, with a file in it.
  const second = await serveTree(t, {
    '/tree/.': { names: ['trap'] },
    '/tree/trap': { names: ['file'] },
    '/tree/trap/file': { text: 'evil' },
  })
  await assert.rejects(
    directoryPull(second.root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' }),
    { code: 'EEXIST' },
  )
})

test('directoryPull() into a folder replaces links in it instead of following them', async t => {
  const { dir, root } = await serveTree(t, { '/tree/.': { names: ['file'] }, '/tree/file': { text: 'new' } })
  await mkdir(join(dir, 'copy'))
  await symlink('../outside/kept', join(dir, 'copy/file'))
  await directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' })
  assert.equal(await readFile(join(dir, 'outside/kept'), 'utf8'), 'kept')
  assert.equal(await readFile(join(dir, 'copy/file'), 'utf8'), 'new')
})

test('directoryPull() copies a name that is listed twice once', async t => {
  const { dir, root, received } = await serveTree(t, {
    '/tree/.': { names: ['file', 'file'] },
    '/tree/file': { text: 'x' },
  })
  assert.equal(
    (await directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' }))
      .files,
    1,
  )
  assert.equal(received.length, 2)
})

test('directoryPull() makes links into the directory relative, and leaves the others', async t => {
  const { dir, root } = await serveTree(t, {
    '/tree/.': { names: ['sub', 'self', 'out', 'near'] },
    '/tree/sub': { names: ['up', 'relative'] },
    '/tree/sub/up': { link: '/tree/file' },
    '/tree/sub/relative': { link: '../file' },
    '/tree/self': { link: '/tree' },
    '/tree/out': { link: '/etc/passwd' },
    '/tree/near': { link: '/treeless' },
  })
  const copy = join(dir, 'copy')
  const counts = await directoryPull(root.path('1.0', 'instances', 'web'), '/tree/', copy, { by: 'http' })
  assert.deepEqual(counts, { files: 0, directories: 2, symlinks: 5, bytes: 0 })
  const links = ['sub/up', 'sub/relative', 'self', 'out', 'near']
  assert.deepEqual(await Promise.all(links.map(link => readlink(join(copy, link)))), [
    '../file',
    '../file',
    '.',
    '/etc/passwd',
    '/treeless',
  ])
})

test('directoryPull() that fails in the middle leaves nothing behind', async t => {
  const { dir, root } = await serveTree(t, {
    '/tree/.': { names: ['a', 'b', 'missing'] },
    '/tree/a': { text: 'a' },
    '/tree/b': { names: [] },
  })
  await assert.rejects(
    directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), { by: 'http' }),
    /path=%2Ftree%2Fmissing/,
  )
  assert.deepEqual(await readdir(dir), ['outside'])
})

test('directoryPull() with a signal ends with its reason, and leaves nothing behind', async t => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { dir, root } = await serveTree(t, { '/tree/.': { names: ['a'] } }, () => controller.abort(reason))
  await assert.rejects(
    directoryPull(root.path('1.0', 'instances', 'web'), '/tree', join(dir, 'copy'), {
      by: 'http',
      signal: controller.signal,
    }),
    reason,
  )
  assert.deepEqual(await readdir(dir), ['outside'])
})

test('directoryPull() asks for nothing that the filter leaves out', async t => {
  const tree = { '/.': { names: ['proc', 'etc'] }, '/': { names: ['proc', 'etc'] }, '/etc': { names: [] } }
  const { dir, root, received } = await serveTree(t, tree)
  const filter = (path: string): boolean => path !== 'proc'
  await directoryPull(root.path('1.0', 'instances', 'web'), '/', join(dir, 'copy'), { by: 'http', filter })
  assert.ok(received.every(({ url }) => !url.includes('proc')))
})

async function serveTree(
  t: TestContext,
  tree: Readonly<Record<string, Node>>,
  onMissing = () => {},
): Promise<TestServer & { dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'outside'))
  await writeFile(join(dir, 'outside/kept'), 'kept')
  const answer: Answer = ({ url }) => {
    const path = new URL(url, 'http://localhost').searchParams.get('path') ?? ''
    const node = tree[path]
    if (node === undefined) onMissing()
    return node === undefined ? { status: 404, json: { type: 'error', error: 'Not Found' } } : replyFor(node)
  }
  return { dir, ...(await serve(t, answer)) }
}

function replyFor(node: Node) {
  const mode = { 'X-LXD-mode': '0750' }
  if ('names' in node)
    return { headers: { ...mode, 'X-LXD-type': 'directory' }, json: { type: 'sync', metadata: node.names } }
  const type = 'link' in node ? 'symlink' : 'file'
  const body = 'link' in node ? node.link : node.text
  return { headers: { ...mode, 'X-LXD-type': type, 'content-length': Buffer.byteLength(body) }, body }
}
