import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  APIException,
  APINotFoundException,
  directoryPresent,
  directoryPull,
  directoryPush,
  fileDelete,
  fileList,
  filePull,
  filePush,
  fileStat,
  symlinkPresent,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { countDescriptors } from '../servers/raw-server.ts'
import { until } from '../servers/server.ts'
import { before, it } from './node-test.ts'
import { describeOnServers } from './servers.ts'

const ODD_NAMES = [
  'with space',
  "it's",
  'say "hi"',
  'new\nline',
  'tab\there',
  'ünïcödé 日本語 🎈',
  '-rf',
  '--help',
  '%2e%2e',
  'a?b#c&d=e',
  '*',
  '\\back\\slash',
  '.hidden',
  '...',
  'x'.repeat(250),
  '$(touch oops)',
]

const FILES = 300

describeOnServers('Files', running => {
  before(async () => {
    const { api, image } = running()
    await api['1.0'].instances.post({ name: 'c', source: { type: 'image', fingerprint: image } }).wait()
  })

  it('go in from bytes, paths and streams, and come out the same', async () => {
    const { api } = running()
    const dir = createTempFolder()
    const bytes = randomBytes(1_000_000)
    writeFileSync(join(dir, 'local'), bytes, { mode: 0o640 })
    await filePush(api['1.0'].instances.c, '/root/bytes', bytes)
    await filePush(api['1.0'].instances.c, '/root/path', join(dir, 'local'))
    await filePush(
      api['1.0'].instances.c,
      '/root/stream',
      Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]),
    )
    for (const name of ['bytes', 'path', 'stream'])
      assert.ok((await filePull(api['1.0'].instances.c, `/root/${name}`)).equals(bytes), name)

    const pulled = await filePull(api['1.0'].instances.c, '/root/path', join(dir, 'pulled'))
    assert.equal(pulled, bytes.length)
    assert.equal(lstatSync(join(dir, 'pulled')).mode & 0o777, 0o640)
    const through = new PassThrough()
    const [piped] = await Promise.all([
      buffer(through),
      filePull(api['1.0'].instances.c, '/root/stream', through),
    ])
    assert.ok(piped.equals(bytes))
    await filePush(api['1.0'].instances.c, '/root/empty', Buffer.alloc(0))
    assert.equal((await filePull(api['1.0'].instances.c, '/root/empty')).length, 0)
  })

  it('that are big come out the same, though several go both ways at once, in memory that is used again', async () => {
    const { api } = running()
    const dir = createTempFolder()
    const copy = async (bytes: Buffer, name: string): Promise<void> => {
      writeFileSync(join(dir, name), bytes)
      await filePush(api['1.0'].instances.c, `/root/${name}`, join(dir, name))
      await filePull(api['1.0'].instances.c, `/root/${name}`, join(dir, `${name}-back`))
      assert.ok(readFileSync(join(dir, `${name}-back`)).equals(bytes), name)
      await fileDelete(api['1.0'].instances.c, `/root/${name}`)
    }
    await Promise.all([5, 6, 7, 8].map(mib => copy(randomBytes(mib * 2 ** 20 + mib), `big${mib}`)))
  })

  it('have a type, a mode, an owner, a time and a size', async () => {
    const { api } = running()
    await filePush(api['1.0'].instances.c, '/root/owned', Buffer.from('12345'), {
      mode: 0o604,
      uid: 1000,
      gid: 7,
    })
    const stat = await fileStat(api['1.0'].instances.c, '/root/owned')
    assert.ok(stat)
    const { modified, ...rest } = stat
    assert.deepEqual(rest, { type: 'file', mode: 0o604, uid: 1000, gid: 7, size: 5 })
    assert.ok(Math.abs(Date.now() - modified.getTime()) < 60_000)
    assert.equal(((await fileStat(api['1.0'].instances.c, '/root/empty')) || undefined)?.size, 0)
    assert.equal(((await fileStat(api['1.0'].instances.c, '/etc')) || undefined)?.type, 'directory')
    assert.equal(((await fileStat(api['1.0'].instances.c, '/bin/sh')) || undefined)?.type, 'symlink')
    assert.equal(await fileStat(api['1.0'].instances.c, '/nope'), undefined)
    await assert.rejects(fileStat(api['1.0'].instances.nobody, '/etc'), APINotFoundException)
    assert.deepEqual(await fileList(api['1.0'].instances.c, '/etc'), [
      'group',
      'inittab',
      'passwd',
      'variant',
    ])
    await assert.rejects(fileList(api['1.0'].instances.c, '/etc/passwd'), /is a file/)
  })

  it('are appended to, replaced where other permissions are asked for, and deleted once', async () => {
    const { api } = running()
    await filePush(api['1.0'].instances.c, '/root/log', Buffer.from('one\n'), { mode: 0o644 })
    await filePush(api['1.0'].instances.c, '/root/log', Buffer.from('two\n'), { append: true })
    assert.equal(String(await filePull(api['1.0'].instances.c, '/root/log')), 'one\ntwo\n')
    await filePush(api['1.0'].instances.c, '/root/log', Buffer.from('secret'), { mode: 0o600 })
    assert.equal(((await fileStat(api['1.0'].instances.c, '/root/log')) || undefined)?.mode, 0o600)
    assert.equal((await fileDelete(api['1.0'].instances.c, '/root/log')).changed, true)
    assert.equal((await fileDelete(api['1.0'].instances.c, '/root/log')).changed, false)
    await assert.rejects(fileDelete(api['1.0'].instances.nobody, '/root/log'), APINotFoundException)
    await assert.rejects(
      filePush(api['1.0'].instances.c, '/root/log', Buffer.from('x'), { append: true }),
      APINotFoundException,
    )
  })

  it('go into directories that are made for them, and links are made, changed and followed', async () => {
    const { api } = running()
    await assert.rejects(
      filePush(api['1.0'].instances.c, '/srv/a/b/f', Buffer.from('x')),
      APINotFoundException,
    )
    await filePush(api['1.0'].instances.c, '/srv/a/b/f', Buffer.from('deep'), { parents: true })
    assert.equal((await directoryPresent(api['1.0'].instances.c, '/srv/a/b')).changed, false)
    assert.equal(
      (await directoryPresent(api['1.0'].instances.c, '/srv/a/c/d', { mode: 0o711, uid: 9 })).changed,
      true,
    )
    const made = await fileStat(api['1.0'].instances.c, '/srv/a/c')
    assert.ok(made && made.mode === 0o711 && made.uid === 9)

    assert.equal((await symlinkPresent(api['1.0'].instances.c, '/srv/link', 'a/b/f')).changed, true)
    assert.equal((await symlinkPresent(api['1.0'].instances.c, '/srv/link', 'a/b/f')).changed, false)
    assert.equal(String(await filePull(api['1.0'].instances.c, '/srv/link')), 'deep')
    assert.equal((await symlinkPresent(api['1.0'].instances.c, '/srv/link', '/etc/variant')).changed, true)
    await assert.rejects(symlinkPresent(api['1.0'].instances.c, '/srv/a', 'x'), /is a directory/)

    await assert.rejects(fileDelete(api['1.0'].instances.c, '/srv'), APIException)
    await symlinkPresent(api['1.0'].instances.c, '/srv/a/out', '/etc')
    assert.equal((await fileDelete(api['1.0'].instances.c, '/srv', { recursive: true })).changed, true)
    assert.equal(await fileStat(api['1.0'].instances.c, '/srv'), undefined)
    assert.ok((await fileList(api['1.0'].instances.c, '/etc')).length > 0)
  })

  it(`${FILES} of them with odd names, modes and links go in and come out the same`, async () => {
    const { api } = running()
    const dir = createTempFolder()
    const [tree, copy] = [join(dir, 'tree'), join(dir, 'copy')]
    const files = makeTree(tree, FILES)
    const told: { bytes: number; total: number | undefined }[] = []
    const pushed = await directoryPush(api['1.0'].instances.c, '/srv/tree', tree, {
      onProgress: step => told.push(step),
    })
    assert.equal(pushed.files, files)
    assert.deepEqual(told.at(-1), { bytes: pushed.bytes, total: pushed.bytes })
    const pulled = await directoryPull(api['1.0'].instances.c, '/srv/tree', copy)
    assert.deepEqual(pulled, pushed)
    assert.equal(execFileSync('diff', ['-r', '--no-dereference', tree, copy], { encoding: 'utf8' }), '')
    assert.deepEqual(describe(copy), describe(tree))
    assert.deepEqual(
      readdirSync(dir).filter(name => name.endsWith('.part')),
      [],
    )

    // Once more onto what is there, with one file changed.
    writeFileSync(join(tree, 'changed'), 'changed')
    symlinkSync('changed', join(tree, 'newlink'))
    await directoryPush(api['1.0'].instances.c, '/srv/tree', tree, {
      filter: path => !path.startsWith('many'),
    })
    await directoryPull(api['1.0'].instances.c, '/srv/tree', copy, {
      filter: path => !path.startsWith('many'),
    })
    assert.deepEqual(describe(copy), describe(tree))
  })

  it('that are logs or metrics come as text, also where the server compresses them', async () => {
    const v1 = running().api['1.0']
    const compressed = await v1.metrics.get({ headers: { 'Accept-Encoding': 'gzip' } })
    assert.match(await compressed.text(), /# EOF\s*$/)
    const { metadata: urls } = await v1.instances.c.logs.get()
    for (const url of urls) {
      const log = await v1.forUrl(url).get()
      const length = Number(log.response.headers['content-length'])
      let size = 0
      for await (const piece of log.body ?? []) size += piece.length
      assert.equal(size, length)
    }
  })

  it('that are aborted on their way leave nothing half there, here or in the instance', async () => {
    const { api } = running()
    const dir = createTempFolder()
    writeFileSync(join(dir, 'big'), Buffer.alloc(100_000_000))
    const reason = new Error('enough')
    const descriptors = countDescriptors()
    const push = new AbortController()
    const pushed = filePush(
      api['1.0'].instances.c,
      '/root/big',
      slowStart(join(dir, 'big'), () => push.abort(reason)),
      {
        signal: push.signal,
      },
    )
    await assert.rejects(pushed, reason)
    assert.equal(await fileStat(api['1.0'].instances.c, '/root/big'), undefined)

    await filePush(api['1.0'].instances.c, '/root/big', join(dir, 'big'))
    const pull = new AbortController()
    const onProgress = (): void => pull.abort(reason)
    await assert.rejects(
      filePull(api['1.0'].instances.c, '/root/big', join(dir, 'copy'), {
        signal: pull.signal,
        onProgress,
      }).then(() => {
        // It was faster than the first report.
        throw reason
      }),
      reason,
    )
    assert.deepEqual(
      readdirSync(dir).filter(name => name.endsWith('.part')),
      [],
    )
    await api.close()
    await until(() => countDescriptors() <= descriptors)
  })
})

async function* slowStart(path: string, then: () => void): AsyncGenerator<Buffer> {
  const { createReadStream } = await import('node:fs')
  let sent = 0
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    yield piece
    sent += piece.length
    if (sent > 20_000_000) then()
  }
}

function makeTree(dir: string, count: number): number {
  const many = join(dir, 'many')
  mkdirSync(many, { recursive: true })
  for (let index = 0; index < count; index++) {
    const folder = join(many, String(index % 20))
    if (index < 20) mkdirSync(folder)
    const name = index < 20 * ODD_NAMES.length ? (ODD_NAMES[Math.floor(index / 20)] ?? '') : `file ${index}`
    writeFileSync(join(folder, name), `content ${index}\n`.repeat(index % 50))
    chmodSync(join(folder, name), [0o644, 0o755, 0o600, 0o400, 0o777][index % 5] ?? 0o644)
  }
  for (const name of ODD_NAMES) {
    mkdirSync(join(dir, name), { mode: 0o710 })
    symlinkSync(join('..', 'many', '0', name), join(dir, name, 'relative'))
    symlinkSync('/etc/passwd', join(dir, name, 'absolute'))
    symlinkSync('nowhere', join(dir, name, 'dangling'))
  }
  mkdirSync(join(dir, 'readonly'))
  writeFileSync(join(dir, 'readonly', 'file'), 'in a folder that can’t be written to')
  chmodSync(join(dir, 'readonly'), 0o555)
  return count + 1
}

/** Each path below a folder with its type, mode, owner and link. */
function describe(dir: string): unknown[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()
  return names.map(name => {
    const path = join(dir, name)
    const { mode, uid, gid, size } = lstatSync(path)
    const isLink = lstatSync(path).isSymbolicLink()
    const isFile = lstatSync(path).isFile()
    return [name, mode.toString(8), uid, gid, isFile && size, isLink && readlinkSync(path)]
  })
}
