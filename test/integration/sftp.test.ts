import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import {
  APIFileException,
  APINotFoundException,
  directoryPresent,
  directoryPull,
  directoryPush,
  exec,
  type FileSession,
  fileDelete,
  filePull,
  filePush,
  fileStat,
  openFiles,
  symlinkPresent,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { countDescriptors } from '../servers/raw-server.ts'
import { until } from '../servers/server.ts'
import { startContainer } from './live-container.ts'
import { after, before, it } from './node-test.ts'
import { describeOnServers, type Running, serversOverSocket } from './servers.ts'

const instance = (running: () => Running, name: string) => running().api['1.0'].path('instances', name)

async function makeContainers({ api, image }: Running): Promise<void> {
  await startContainer(api, 'running', image)
  const stopped = { name: 'stopped', source: { type: 'image', fingerprint: image } } as const
  await api['1.0'].path('instances').post(stopped).wait()
}

describeOnServers('openFiles()', running => {
  let files: FileSession
  before(async () => {
    await makeContainers(running())
    files = await openFiles(instance(running, 'stopped'))
    await files.mkdir('/t')
  })
  after(() => files.close())

  it('reads, writes and changes files as node:fs does', async () => {
    await files.mkdir('/t/a/b', { recursive: true, mode: 0o750 })
    await files.mkdir('/t/a/b', { recursive: true })
    await files.writeFile('/t/a/f', 'hello', { mode: 0o640 })
    await files.chown('/t/a/f', 5, 6)
    await files.utimes('/t/a/f', 1, new Date(2_000_000_000_000))
    await files.symlink('../a/f', '/t/a/link')
    const stat = { type: 'file', mode: 0o640, uid: 5, gid: 6, modified: new Date(2e12), size: 5 }
    assert.deepEqual(await files.stat('/t/a/link'), stat)
    assert.equal((await files.lstat('/t/a/link')).type, 'symlink')
    assert.equal((await files.stat('/t/a/b')).mode, 0o750)
    assert.equal(await files.readlink('/t/a/link'), '../a/f')
    await files.rename('/t/a/f', '/t/a/b/g')
    assert.equal(String(await files.readFile('/t/a/b/g')), 'hello')
    const entries = await files.readdir('/t/a')
    assert.deepEqual(
      entries.map(({ name, type }) => [name, type]),
      [
        ['b', 'directory'],
        ['link', 'symlink'],
      ],
    )
    assert.ok((await files.statfs('/t')).blocks > 0)
    await files.rm('/t/a', { recursive: true })
    await files.rm('/t/a', { recursive: true, force: true })
    assert.deepEqual(await files.readdir('/t'), [])
  })

  it('reads and writes at offsets, and streams what is bigger than a chunk', async () => {
    const bytes = randomBytes(3_000_001)
    await pipeline(
      Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]),
      files.createWriteStream('/t/big'),
    )
    assert.ok((await files.readFile('/t/big')).equals(bytes))
    const part = await files.createReadStream('/t/big', { start: 100_000, end: 199_999 }).toArray()
    assert.ok(Buffer.concat(part).equals(bytes.subarray(100_000, 200_000)))
    const file = await files.open('/t/big', 'r+')
    await file.write(Buffer.from('xyz'), 0, 3, 2_999_999)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(100), 0, 100, 2_999_998)
    assert.equal(bytesRead, 4)
    assert.deepEqual(buffer.subarray(1, 4), Buffer.from('xyz'))
    await file.truncate(10)
    assert.equal((await file.stat()).size, 10)
    await file.close()
    assert.ok((await files.readFile('/t/big')).equals(bytes.subarray(0, 10)))
    await files.rm('/t/big')
  })

  it('throws what the server said with the code that Node has for it', async () => {
    await files.writeFile('/t/file', '')
    const codes: Readonly<Record<string, () => Promise<unknown>>> = {
      ENOENT: () => files.readFile('/t/nope'),
      EEXIST: () => files.mkdir('/t'),
      ENOTDIR: () => files.readdir('/t/file'),
      ENOTEMPTY: () => files.rmdir('/t'),
      EISDIR: () => files.writeFile('/t', ''),
      EINVAL: () => files.readlink('/t/file'),
    }
    for (const [code, call] of Object.entries(codes))
      await assert.rejects(
        call(),
        (error: unknown) => error instanceof APIFileException && error.code === code,
        code,
      )
    await assert.rejects(files.stat('/t/nope'), (error: unknown) => {
      assert.ok(error instanceof APINotFoundException && error instanceof APIFileException)
      assert.match(
        error.message,
        /^GET http.*\/1\.0\/instances\/stopped\/sftp stat \/t\/nope: no such file or directory$/,
      )
      assert.deepEqual([error.syscall, error.path], ['stat', '/t/nope'])
      return true
    })
    await assert.rejects(files.writeFile('/t/x\0y', ''), TypeError)
    await assert.rejects(openFiles(instance(running, 'nobody')), APINotFoundException)
  })

  it('ends with its signal, and leaves neither a connection nor a process of the server', async () => {
    const descriptors = countDescriptors()
    const controller = new AbortController()
    const session = await openFiles(instance(running, 'running'), { signal: controller.signal })
    const reading = session.createReadStream('/dev/zero').forEach(() => {})
    const reason = new Error('enough')
    controller.abort(reason)
    await assert.rejects(reading, reason)
    await assert.rejects(session.stat('/'), reason)
    await until(() => countDescriptors() <= descriptors)
  })
})

describeOnServers('A big file over SFTP', running => {
  const bytes = randomBytes(5 * 1024 * 1024 + 1)
  before(() => makeContainers(running()))

  it('has what it has over HTTP: content, mode, owner, and the owner of a setgid directory does not matter', async () => {
    const c = instance(running, 'running')
    await exec(c, ['sh', '-c', 'mkdir /root/s && chown 7:8 /root/s && chmod g+s /root/s'])
    const given = { plain: {}, uid: { uid: 5 }, all: { mode: 0o640, uid: 5, gid: 6 } }
    for (const [name, permissions] of Object.entries(given)) {
      const stats = []
      for (const by of ['sftp', 'http'] as const) {
        assert.equal(await filePush(c, `/root/s/${name}`, bytes, { ...permissions, by }), bytes.length)
        assert.ok((await filePull(c, `/root/s/${name}`)).equals(bytes))
        const { modified: _, ...stat } = (await fileStat(c, `/root/s/${name}`)) ?? { modified: 0 }
        stats.push(stat)
        await fileDelete(c, `/root/s/${name}`)
      }
      assert.deepEqual(stats[0], stats[1])
    }
  })

  it('keeps the permissions of one that exists, is written where a link leads, and not into a directory', async () => {
    const c = instance(running, 'running')
    await filePush(c, '/root/there', Buffer.from('before'), { mode: 0o600, uid: 3 })
    await symlinkPresent(c, '/root/link', 'there')
    await filePush(c, '/root/link', bytes)
    assert.ok((await filePull(c, '/root/there')).equals(bytes))
    const stat = await fileStat(c, '/root/there')
    assert.deepEqual([stat?.type, stat?.mode, stat?.uid], ['file', 0o600, 3])
    await exec(c, ['mkdir', '/root/empty'])
    await assert.rejects(filePush(c, '/root/empty', bytes), { code: 'EISDIR' })
    assert.equal((await fileStat(c, '/root/empty'))?.type, 'directory')
    await assert.rejects(filePush(c, '/nope/big', bytes), APINotFoundException)
  })

  it('leaves nothing when it is aborted', async () => {
    const c = instance(running, 'stopped')
    const controller = new AbortController()
    const source = Readable.from(
      (async function* () {
        yield bytes
        controller.abort(new Error('enough'))
        yield bytes
      })(),
    )
    const before = await namesIn(c, '/root')
    const pushed = filePush(c, '/root/late', source, { by: 'sftp', signal: controller.signal })
    await assert.rejects(pushed, /enough/)
    assert.deepEqual(await namesIn(c, '/root'), before)
  })
})

describeOnServers(
  'Trees over SFTP',
  running => {
    before(() => makeContainers(running()))

    it('of any shape go in and out with modes, times and links, to an instance that runs or not', async () => {
      const dir = createTempFolder()
      let run = 0
      await fc.assert(
        fc.asyncProperty(TREES, fc.constantFrom('running', 'stopped'), async (tree, name) => {
          const [local, copy, remote] = [join(dir, `in${++run}`), join(dir, `out${run}`), `/root/tree${run}`]
          makeTree(local, tree)
          const pushed = await directoryPush(instance(running, name), remote, local, { by: 'sftp' })
          const pulled = await directoryPull(instance(running, name), remote, copy, { by: 'sftp' })
          assert.deepEqual(pulled, pushed)
          assert.deepEqual(describeTree(copy), describeTree(local))
        }),
        { numRuns: 12 },
      )
    })

    it('leave pipes, sockets and devices out, and nothing temporary behind', async () => {
      const dir = createTempFolder()
      await exec(instance(running, 'running'), ['mkdir', '/root/special'])
      await exec(instance(running, 'running'), ['mkfifo', '/root/special/pipe'])
      await exec(instance(running, 'running'), ['sh', '-c', 'echo x > /root/special/file'])
      assert.equal((await fileStat(instance(running, 'running'), '/root/special/pipe'))?.type, 'pipe')
      const pulled = await directoryPull(instance(running, 'running'), '/root/special', join(dir, 'out'))
      assert.deepEqual(pulled, { files: 1, directories: 1, symlinks: 0, bytes: 2 })
      assert.deepEqual(readdirSync(join(dir, 'out')), ['file'])
      execFileSync('mkfifo', [join(dir, 'out/pipe')])
      const pushed = await directoryPush(instance(running, 'running'), '/root/back', join(dir, 'out'))
      assert.deepEqual(pushed, pulled)
      assert.deepEqual(await namesIn(instance(running, 'running'), '/root/back'), ['file'])
    })

    it('get the owner of the originals, or the one that is asked for, also in a setgid directory', async () => {
      const c = instance(running, 'running')
      const dir = createTempFolder()
      makeTree(join(dir, 'tree'), {
        a: { size: 1, mode: 0o644, time: 1 },
        b: { size: 1, mode: 0o600, time: 1 },
      })
      chownSync(join(dir, 'tree/b'), 1000, 1001)
      await exec(c, ['sh', '-c', 'mkdir /root/setgid && chown 7:8 /root/setgid && chmod g+s /root/setgid'])
      const owners = async () => {
        await using files = await openFiles(c)
        return (await files.readdir('/root/setgid')).map(({ uid, gid }) => [uid, gid])
      }
      await directoryPush(c, '/root/setgid', join(dir, 'tree'))
      assert.deepEqual(await owners(), [
        [0, 0],
        [1000, 1001],
      ])
      await directoryPush(c, '/root/setgid', join(dir, 'tree'), { uid: 5, gid: 6 })
      assert.deepEqual(await owners(), [
        [5, 6],
        [5, 6],
      ])
    })

    it('follow no link of somebody else in the instance, and those of root as /lib', async () => {
      const dir = createTempFolder()
      mkdirSync(join(dir, 'tree/sub'), { recursive: true })
      writeFileSync(join(dir, 'tree/sub/file'), 'x')
      const c = instance(running, 'running')
      await exec(c, ['sh', '-c', 'mkdir -p /root/into /root/links && ln -s /root/into /root/links/sub'])
      await directoryPush(c, '/root/links', join(dir, 'tree'))
      assert.deepEqual(await namesIn(c, '/root/into'), ['file'])
      await exec(c, ['sh', '-c', 'rm /root/into/file && chown -h 1000:1000 /root/links/sub'])
      for (const by of ['sftp', 'http'] as const)
        await assert.rejects(
          directoryPush(c, '/root/links', join(dir, 'tree'), { by }),
          /\/root\/links\/sub is a symlink: a directory does not replace it/,
        )
      assert.deepEqual(await namesIn(c, '/root/into'), [])
    })

    it('are made equal: only what differs is sent, and the outcome tells what that was', async () => {
      const c = instance(running, 'stopped')
      const dir = createTempFolder()
      makeTree(join(dir, 'tree'), {
        a: { size: 3, mode: 0o644, time: 1_000_000_000 },
        sub: { names: { b: { size: 3, mode: 0o600, time: 1_100_000_000 }, link: { link: 'b' } } },
      })
      const equal = (options = {}) => directoryPresent(c, '/root/equal', join(dir, 'tree'), options)
      const paths = async (options = {}) =>
        (await equal(options)).difference.map(({ path }) => path.join(' '))
      assert.deepEqual(await paths({ check: true }), ['', 'a', 'sub', 'sub/b', 'sub/link'])
      assert.equal(await fileStat(c, '/root/equal'), undefined)
      assert.deepEqual(await paths(), ['', 'a', 'sub', 'sub/b', 'sub/link'])
      assert.deepEqual(await equal(), { changed: false, difference: [], result: undefined })

      writeFileSync(join(dir, 'tree/a'), 'ONE')
      utimesSync(join(dir, 'tree/a'), 1_000_000_000, 1_000_000_000)
      assert.deepEqual(await paths(), [])
      assert.deepEqual(await paths({ content: true }), ['a content'])
      chmodSync(join(dir, 'tree/sub/b'), 0o640)
      rmSync(join(dir, 'tree/sub/link'))
      symlinkSync('../a', join(dir, 'tree/sub/link'))
      utimesSync(join(dir, 'tree/sub'), 1_500_000_000, 1_500_000_000)
      await using files = await openFiles(c)
      await files.writeFile('/root/equal/sub/other', 'x')
      const changes = await paths({ check: true, delete: true })
      assert.deepEqual(changes, ['sub modified', 'sub/b mode', 'sub/link target', 'sub/other'])
      assert.deepEqual(await paths({ delete: true }), changes)
      assert.deepEqual(await paths({ delete: true, content: true }), [])
      await directoryPull(c, '/root/equal', join(dir, 'back'))
      assert.deepEqual(describeTree(join(dir, 'back')), describeTree(join(dir, 'tree')))

      await files.rm('/root/equal/a')
      await files.mkdir('/root/equal/a')
      await assert.rejects(equal(), /\/root\/equal\/a is a directory: a file replaces it only with delete/)
      await equal({ delete: true })
      assert.deepEqual(await paths({ delete: true, content: true }), [])
    })

    it('are deleted, and single links are exact', async () => {
      const c = instance(running, 'stopped')
      await using files = await openFiles(c)
      await files.mkdir('/root/gone/a/b', { recursive: true })
      await files.symlink('/etc', '/root/gone/etc')
      assert.equal((await fileDelete(c, '/root/gone', { recursive: true })).changed, true)
      assert.equal((await fileDelete(c, '/root/gone', { recursive: true })).changed, false)
      assert.ok((await files.readdir('/etc')).length > 0)
      assert.equal((await symlinkPresent(c, '/root/link', 'etc')).changed, true)
      assert.equal((await symlinkPresent(c, '/root/link', 'etc')).changed, false)
      assert.equal((await symlinkPresent(c, '/root/link', '/root/etc')).changed, true)
      assert.equal(await files.readlink('/root/link'), '/root/etc')
    })
  },
  serversOverSocket(),
)

/** A node of a tree: a file, a link or a directory. */
type Node =
  | { readonly size: number; readonly mode: number; readonly time: number }
  | { readonly link: string }
  | { readonly names: Tree }
interface Tree {
  readonly [name: string]: Node
}

const NAME = fc
  .oneof(
    fc.constantFrom('a', 'A', 'b c', '-rf', 'ü日本🎈', '...', 'new\nline'),
    fc.string({ minLength: 1, maxLength: 20 }),
  )
  .filter(name => !['.', '..'].includes(name) && !/[/\0]/.test(name))
const FILE = fc.record({
  size: fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, fc.constantFrom(32767, 32768, 32769, 700_000)),
  mode: fc.constantFrom(0o644, 0o755, 0o600, 0o400, 0o000, 0o777),
  time: fc.integer({ min: 0, max: 4_000_000_000 }),
})
const LINK = fc.record({ link: fc.constantFrom('a', '../a', '/etc/passwd', '/root', '..', 'nowhere') })
const TREES = fc.letrec<{ tree: Tree; node: Node }>(tie => ({
  tree: fc.dictionary(NAME, tie('node'), { maxKeys: 5, noNullPrototype: true }),
  node: fc.oneof({ depthSize: 'small' }, FILE, LINK, fc.record({ names: tie('tree') })),
})).tree

function makeTree(path: string, tree: Tree): void {
  mkdirSync(path)
  for (const [name, node] of Object.entries(tree)) {
    const inside = join(path, name)
    if ('names' in node) makeTree(inside, node.names)
    else if ('link' in node) symlinkSync(node.link, inside)
    else {
      writeFileSync(inside, bytesFor(name, node.size))
      chmodSync(inside, node.mode)
      utimesSync(inside, node.time, node.time)
    }
  }
  chmodSync(path, 0o751)
  lutimesSync(path, 1_234_567_890, 1_234_567_890)
}

function bytesFor(name: string, size: number): Buffer {
  return Buffer.alloc(size, name)
}

/** Each path below a folder with its type, mode, owner, time, and content or target. */
function describeTree(dir: string, name = ''): unknown[] {
  const path = join(dir, name)
  const stats = lstatSync(path)
  const { mode, uid, gid, mtimeMs } = stats
  if (stats.isSymbolicLink()) return [[name, 'link', readlinkSync(path)]]
  const content = stats.isFile() && createHash('sha256').update(readFileSync(path)).digest('hex')
  const itself = [name, mode.toString(8), uid, gid, mtimeMs, content]
  // Recursive reading by Node.js follows symlinks.
  const names = stats.isDirectory() ? readdirSync(path).sort() : []
  return [itself, ...names.flatMap(inside => describeTree(dir, join(name, inside)))]
}

async function namesIn(container: ReturnType<typeof instance>, path: string): Promise<string[]> {
  await using files = await openFiles(container)
  return (await files.readdir(path)).map(({ name }) => name)
}
