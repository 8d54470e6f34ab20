import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import {
  APIConnectionException,
  APIException,
  APITimeoutException,
  APITransferException,
  directoryPresent,
  directoryPull,
  directoryPush,
  filePush,
  openFiles,
} from '../../../src/index.ts'
import { encodeRequest, REPLY, REQUEST } from '../../../src/shortcuts/sftp/packets.ts'
import { createTempFolder } from '../../daemon/clean-up.ts'
import { until } from '../../servers/server.ts'
import { type Deliver, serveSftp, statusReply } from '../../servers/sftp-server.ts'

const BIG = Buffer.alloc(300_000, 'big')
const SMALL = Buffer.from('small')

test('replies may come in any order, and in any chunks', async t => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async random => {
      const next = (): number => random.next().value ?? 0
      const waiting: Buffer[] = []
      const { api, folder } = await serveSftp(t, (_request, reply, socket) => {
        waiting.splice(next() % (waiting.length + 1), 0, reply)
        if (waiting.length > 1) return
        setImmediate(() => {
          const bytes = Buffer.concat(waiting.splice(0))
          for (let at = 0; at < bytes.length; ) {
            const length = 1 + next() * 50
            socket.write(bytes.subarray(at, at + length))
            at += length
          }
        })
      })
      const tree = makeTree()
      const web = api.instances.web
      await directoryPush(web, '/copy', tree, { by: 'sftp' })
      assert.deepEqual(contentOf(join(folder, 'copy')), contentOf(tree))
      await directoryPull(web, '/copy', join(folder, 'back'), { by: 'sftp', owners: false })
      assert.deepEqual(contentOf(join(folder, 'back')), contentOf(tree))
    }),
    { numRuns: 5 },
  )
})

test('a push that is cut at any request says how far it came, and leaves each file whole or not there', async t => {
  const tree = makeTree()
  const { requests } = await push(t, tree, deliver)
  for (let cut = 1; cut < requests; cut += 1) {
    const { folder, error } = await push(t, tree, (request, reply, socket) => {
      if (request.connection > 0 || request.at < cut) socket.write(reply)
      else socket.destroy()
    })
    assert.ok(error instanceof APIException, `cut at ${cut}: ${error}`)
    // It names the path, or what was asked for.
    assert.match(error.message, /\(.*\/.*\)$/)
    assertWhole(join(folder, 'copy'), tree)
  }
})

test('filePush() that is cut at any request says how far it came, and leaves the file whole or not there', async t => {
  const send = async (handle: Deliver) => {
    const { api, folder, requests } = await serveSftp(t, handle)
    const error = await filePush(api.instances.web, '/big', BIG, { by: 'sftp' }).catch(
      (error: unknown) => error,
    )
    return { folder, error, requests: requests.length }
  }
  const { requests, folder: whole } = await send(deliver)
  assert.ok(readFileSync(join(whole, 'big')).equals(BIG))
  for (let cut = 1; cut < requests; cut += 1) {
    const { folder, error } = await send((request, reply, socket) => {
      if (request.connection > 0 || request.at < cut) socket.write(reply)
      else socket.destroy()
    })
    assert.ok(error instanceof APIException, `cut at ${cut}: ${error}`)
    // The file that the folder belongs to is the test's.
    const left = readdirSync(folder).filter(name => name !== 'owner')
    if (left.length === 0) continue
    assert.deepEqual(left, ['big'], `cut at ${cut}`)
    assert.ok(readFileSync(join(folder, 'big')).equals(BIG), `cut at ${cut}`)
  }
})

test('a pull that is cut at any request leaves nothing behind', async t => {
  for (let cut = 1; ; cut += 1) {
    const { api, folder, requests } = await serveSftp(t, (request, reply, socket) => {
      if (request.at < cut) socket.write(reply)
      else socket.destroy()
    })
    mkdirSync(join(folder, 'tree'))
    writeFileSync(join(folder, 'tree/big'), BIG)
    writeFileSync(join(folder, 'tree/small'), SMALL)
    const target = makeFolder()
    const pull = directoryPull(api.instances.web, '/tree', join(target, 'copy'), {
      by: 'sftp',
      owners: false,
    })
    const failure = await pull.then(
      () => undefined,
      error => error,
    )
    if (failure === undefined) {
      assert.ok(requests.length <= cut)
      break
    }
    assert.ok(
      failure instanceof APIConnectionException || failure instanceof APITransferException,
      `${failure}`,
    )
    assert.deepEqual(readdirSync(target), [])
  }
})

test('an abort of a push whose server has stalled rejects with its reason, and the part is removed if it can be', async t => {
  const tree = makeTree()
  const reason = new Error('enough')
  for (const type of [REQUEST.open, REQUEST.write, REQUEST.fsetstat, REQUEST.close, REQUEST.extended]) {
    const controller = new AbortController()
    const { folder, error } = await push(
      t,
      tree,
      (request, reply, socket) => {
        if (request.type !== type) socket.write(reply)
        else controller.abort(reason)
      },
      controller.signal,
    )
    assert.equal(error, reason)
    assertWhole(join(folder, 'copy'), tree)
  }
})

test('a server that does not answer for the idle timeout is an APITimeoutException that names the file', async t => {
  const { api, folder } = await serveSftp(
    t,
    (request, reply, socket) => {
      if (request.type !== REQUEST.read) socket.write(reply)
    },
    { idleTimeout: 0.2 },
  )
  writeFileSync(join(folder, 'file'), 'x')
  const files = await openFiles(api.instances.web)
  await assert.rejects(files.readFile('/file'), (error: unknown) => {
    assert.ok(error instanceof APITimeoutException)
    assert.match(error.message, /The server did not answer for 0\.2 s \(read \/file\)$/)
    return true
  })
})

test('a server that breaks the protocol is told by what it did', async t => {
  const lies: readonly (readonly [RegExp, (id: number) => Buffer])[] = [
    [/answered a request that was not made, 77/, () => statusReply(77, 0)],
    [/a packet of type 102/, id => encodeRequest(REPLY.handle, id, ['h'])],
    [/announced a packet of 1214606444 bytes/, () => Buffer.from('Hello')],
    [
      /announced a field of 4294967295 bytes|out of range/,
      id => encodeRequest(REPLY.status, id, [4, 2 ** 32 - 1]),
    ],
    [/outside|out of range/, id => encodeRequest(REPLY.attributes, id, [15])],
    [/answered lstat with the end of a file/, id => statusReply(id, 1)],
  ]
  for (const [words, lie] of lies) {
    const { api } = await serveSftp(t, (request, reply, socket) => {
      socket.write(request.type === REQUEST.lstat ? lie(request.id) : reply)
    })
    const files = await openFiles(api.instances.web)
    await assert.rejects(files.lstat('/x'), words)
    await assert.rejects(files.lstat('/x'), APIException)
  }
})

test('a server that does not speak version 3 is refused', async t => {
  const { api } = await serveSftp(t, (_request, _reply, socket) => {
    socket.write(encodeRequest(REPLY.version, 2, []))
  })
  await assert.rejects(openFiles(api.instances.web), /which is not SFTP/)
})

test('directoryPull() refuses names that lead elsewhere, and writes nothing outside', async t => {
  for (const name of ['a/b', '/etc/passwd', '../x', 'nul\0', '']) {
    let listed = 0
    const { api, folder } = await serveSftp(t, (request, reply, socket) => {
      const entry = [name, '', 15, 1n, 0, 0, 0o100644, 0, 0] as const
      socket.write(
        request.type === REQUEST.readdir && listed++ === 0
          ? encodeRequest(REPLY.name, request.id, [1, ...entry])
          : reply,
      )
    })
    mkdirSync(join(folder, 'tree'))
    const target = makeFolder()
    const pull = directoryPull(api.instances.web, '/tree', join(target, 'copy'), { by: 'sftp' })
    await assert.rejects(pull, /which is no name/)
    assert.deepEqual(readdirSync(target), [])
  }
})

test('directoryPull() of a tree in which a file takes the place of a link does not follow the link', async t => {
  const { api, folder } = await serveSftp(t)
  mkdirSync(join(folder, 'tree/trap'), { recursive: true })
  writeFileSync(join(folder, 'tree/trap/file'), 'evil')
  const target = makeFolder()
  mkdirSync(join(target, 'copy'))
  mkdirSync(join(target, 'outside'))
  symlinkSync('../outside', join(target, 'copy/trap'))
  await assert.rejects(directoryPull(api.instances.web, '/tree', join(target, 'copy'), { by: 'sftp' }), {
    code: 'EEXIST',
  })
  assert.deepEqual(readdirSync(join(target, 'outside')), [])
})

test('directoryPresent() with check sends nothing that changes anything', async t => {
  const { api, requests } = await serveSftp(t)
  await directoryPresent(api.instances.web, '/copy', makeTree(), { check: true, delete: true })
  const reading: readonly number[] = [REQUEST.init, REQUEST.lstat, REQUEST.stat]
  assert.deepEqual(
    requests.filter(({ type }) => !reading.includes(type)),
    [],
  )
})

test('an open session sends nothing by itself, and is closed with the API', async t => {
  const { api, root, requests } = await serveSftp(t)
  const files = await openFiles(api.instances.web)
  assert.equal(requests.length, 1)
  await root.close()
  await assert.rejects(files.lstat('/'), APIConnectionException)
  await until(() => requests.length === 1)
})

const deliver: Deliver = (_request, reply, socket) => socket.write(reply)

function makeTree(): string {
  const tree = join(createTempFolder(), 'tree')
  mkdirSync(join(tree, 'sub'), { recursive: true })
  writeFileSync(join(tree, 'sub/big'), BIG)
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(tree, name), SMALL)
  symlinkSync('a', join(tree, 'link'))
  return tree
}

async function push(t: TestContext, tree: string, deliver: Deliver, signal?: AbortSignal) {
  const { api, folder, requests } = await serveSftp(t, deliver)
  const pushed = directoryPush(api.instances.web, '/copy', tree, { by: 'sftp', signal })
  const error: unknown = await pushed.then(
    () => undefined,
    error => error,
  )
  return { folder, error, requests: requests.length }
}

function makeFolder(): string {
  const folder = join(createTempFolder(), 'folder')
  mkdirSync(folder)
  return folder
}

function contentOf(folder: string): unknown {
  return readdirSync(folder, { withFileTypes: true }).map(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return [entry.name, contentOf(path)]
    return [entry.name, entry.isFile() ? readFileSync(path, 'latin1') : 'link']
  })
}

/** Asserts that what is in a folder is whole, and that nothing temporary is among it. */
function assertWhole(copy: string, tree: string): void {
  if (!existsSync(copy)) return
  for (const entry of readdirSync(copy, { withFileTypes: true, recursive: true })) {
    const { name, parentPath } = entry
    assert.doesNotMatch(name, /\.part$/)
    const place = join(parentPath, name)
    if (entry.isFile()) assert.ok(readFileSync(place).equals(readFileSync(place.replace(copy, tree))), place)
  }
}
