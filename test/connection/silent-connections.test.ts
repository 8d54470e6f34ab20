import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openAsBlob, openSync } from 'node:fs'
import { constants, open, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { API, APITimeoutException, type Body, filePush, type Path } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { type BlockingServer, serveBlockingAccept, TRANSPORTS } from '../servers/blocking-accept.ts'
import { send, started, sync, until, untilStill } from '../servers/server.ts'
import {
  type StalledSource,
  stalledBlob,
  stalledIterable,
  stalledReadable,
  stalledWebStream,
} from '../servers/stalled-source.ts'

// A connection that is open and has sent nothing blocks every client of LXD and Incus, until it is closed. So whatever
// a caller does, a second client has to be answered afterwards.

/** What the tests below are about: a way in which a call ends early. */
interface EarlyEnd {
  readonly name: string
  /** Makes a call, ends it early, and checks how it ended. */
  readonly run: (api: Path, server: BlockingServer) => Promise<void>
}

const REASON = new Error('called off')
const CHUNK = Buffer.alloc(1000, 'x')

const earlyEnds: readonly EarlyEnd[] = [
  { name: 'a GET that waits for its answer is aborted', run: abortOnceReceived(get) },
  { name: 'a HEAD that waits for its answer is aborted', run: abortOnceReceived(head) },
  { name: 'a POST of JSON that waits for its answer is aborted', run: abortOnceReceived(postJson) },
  { name: 'a wait() is aborted', run: abortOnceReceived(waitForOperation) },
  { name: 'a websocket that waits for its handshake is aborted', run: abortOnceReceived(openWebsocket) },
  { name: 'a GET is aborted while it connects', run: abortAtOnce(get) },
  { name: 'a POST of JSON is aborted while it connects', run: abortAtOnce(postJson) },
  { name: 'a websocket is aborted while it connects', run: abortAtOnce(openWebsocket) },
  { name: 'an upload is aborted while it connects', run: abortAtOnce(upload(() => Readable.from([CHUNK]))) },
  { name: 'a GET times out', run: timeOut },
  { name: 'a body is destroyed half way', run: destroyBody },
  { name: 'a call is aborted half way through its body', run: abortHalfWayThroughBody },
  ...Object.entries({
    Readable: stalledReadable,
    'async iterable': stalledIterable,
    ReadableStream: stalledWebStream,
    Blob: stalledBlob,
  }).flatMap(([name, makeSource]) => [
    {
      name: `an upload from a stalled ${name} is aborted before its first byte`,
      run: abortStalledUpload(makeSource, []),
    },
    {
      name: `an upload from a stalled ${name} is aborted after its first byte`,
      run: abortStalledUpload(makeSource, [CHUNK]),
    },
  ]),
  { name: 'the source of an upload fails before its first byte', run: failSource([]) },
  { name: 'the source of an upload fails after its first byte', run: failSource([CHUNK]) },
  { name: 'the source of an upload has been destroyed before', run: sendDestroyedSource },
  { name: 'an upload is refused half way', run: refuseHalfWay },
  { name: 'an upload has another length than its content-length', run: sendWrongLength },
]

for (const transport of TRANSPORTS) {
  for (const { name, run } of earlyEnds) {
    test(`a second client is answered after ${name}, over ${transport}`, async t => {
      const { api, server } = await serveApi(t, transport)
      await run(api, server)
      await assertNoneIsSilent(server)
      await Promise.all([run(api, server), run(api, server), run(api, server)])
      await assertNoneIsSilent(server)
    })
  }
}

const stalledSources: Readonly<Record<string, (rest: readonly Buffer[]) => StalledSource>> = {
  Readable: rest => stalledReadable([], rest),
  // undici sends the head of a request with the first chunk that is not empty.
  'Readable that gives an empty chunk first': rest => stalledReadable([Buffer.alloc(0)], rest),
  'async iterable': rest => stalledIterable([], rest),
  'async iterable that gives an empty chunk first': rest => stalledIterable([Buffer.alloc(0)], rest),
  ReadableStream: rest => stalledWebStream([], rest),
  Blob: rest => stalledBlob([], rest),
}

for (const transport of TRANSPORTS) {
  for (const [name, makeSource] of Object.entries(stalledSources)) {
    test(`a second client is answered while post() waits for the first chunk of a stalled ${name}, over ${transport}`, async t => {
      const { api, server, received } = await serveApi(t, transport)
      const source = makeSource([CHUNK, CHUNK])
      const posted = api.path('upload').post(source.body)
      await until(source.isAsked)
      await assertNoneIsSilent(server)
      source.release()
      assert.equal((await posted).metadata, 'received')
      assert.deepEqual(received, [Buffer.concat([CHUNK, CHUNK])])
    })
  }

  test(`a second client is answered while filePush() waits for the first chunk of a stalled stream, over ${transport}`, async t => {
    const { api, server, received } = await serveApi(t, transport)
    const { body, isAsked, release } = stalledReadable([], [CHUNK])
    const pushed = filePush(api.instances.web, '/file', body)
    await until(isAsked)
    await assertNoneIsSilent(server)
    release()
    await pushed
    assert.deepEqual(received, [CHUNK])
  })

  test(`a second client is answered while post() waits for the file of a Blob on a file system that stalls, over ${transport}`, async t => {
    const path = join(createTempFolder(), 'file')
    await writeFile(path, CHUNK)
    const blob = await openAsBlob(path)
    const { api, server, received } = await serveApi(t, transport)
    const fileSystem = await stallFileSystem(t)
    const posted = api.path('upload').post(blob)
    await assertNoneIsSilent(server)
    fileSystem.release()
    assert.equal((await posted).metadata, 'received')
    assert.deepEqual(received, [CHUNK])
  })
}

/** Asserts that no open connection has sent nothing, as a second client sees it and as the server does. */
async function assertNoneIsSilent(server: BlockingServer): Promise<void> {
  // What the client does after an early end, such as to connect anew, has been done by then.
  await untilStill(() => server.connectionCount() + server.openCount())
  assert.equal(await server.askAsSecondClient(), 200)
  assert.equal(server.silentCount(), 0)
}

interface Served {
  readonly api: Path
  readonly server: BlockingServer
  /** The body of each upload that arrived whole. */
  readonly received: readonly Buffer[]
}

async function serveApi(t: TestContext, transport: (typeof TRANSPORTS)[number]): Promise<Served> {
  const received: Buffer[] = []
  const server = await serveBlockingAccept(t, transport, (request, response) =>
    answer(request, response, received),
  )
  const api: API = API.factory(server.options)
  t.after(() => api.close())
  return { server, received, api: api.path('1.0') }
}

function answer(request: IncomingMessage, response: ServerResponse, received: Buffer[]): void {
  const { pathname } = new URL(request.url ?? '', 'http://server')
  if (pathname === '/1.0/start') send(response, started())
  else if (pathname === '/1.0/refuse') send(response, { status: 400, body: 'refused' })
  else if (pathname === '/1.0/endless') response.writeHead(200).write(CHUNK)
  else if (request.method === 'POST' && !pathname.endsWith('/never')) receive(request, response, received)
}

function receive(request: IncomingMessage, response: ServerResponse, received: Buffer[]): void {
  const confirm = (body: Buffer): void => {
    received.push(body)
    send(response, sync('received'))
  }
  // An upload that is aborted has no end.
  buffer(request).then(confirm, () => {})
}

type Call = (api: Path, signal: AbortSignal) => Promise<unknown>

function get(api: Path, signal: AbortSignal): Promise<unknown> {
  return api.path('never').get({ signal })
}

function head(api: Path, signal: AbortSignal): Promise<unknown> {
  return api.path('never').head({ signal })
}

function postJson(api: Path, signal: AbortSignal): Promise<unknown> {
  return api.path('never').post({ name: 'web' }, { signal })
}

function waitForOperation(api: Path, signal: AbortSignal): Promise<unknown> {
  return api.path('start').post().wait({ signal })
}

function openWebsocket(api: Path, signal: AbortSignal): Promise<unknown> {
  return api.path('events').websocket({ signal })
}

function upload(makeBody: () => Body): Call {
  return (api, signal) => api.path('upload').post(makeBody(), { signal })
}

function abortOnceReceived(call: Call): EarlyEnd['run'] {
  return async (api, server) => {
    const controller = new AbortController()
    const before = pendingCount(server)
    const called = assert.rejects(call(api, controller.signal), REASON)
    await until(() => pendingCount(server) > before)
    controller.abort(REASON)
    await called
  }
}

/** How many requests arrived that are not answered. */
function pendingCount({ requests }: BlockingServer): number {
  return requests.filter(request => / \/1\.0\/(never|events|operations\/1\/wait)/.test(request)).length
}

function abortAtOnce(call: Call): EarlyEnd['run'] {
  return async api => {
    const controller = new AbortController()
    const called = assert.rejects(call(api, controller.signal), REASON)
    controller.abort(REASON)
    await called
  }
}

async function timeOut(api: Path): Promise<void> {
  await assert.rejects(api.path('never').get({ idleTimeout: 0.1 }), APITimeoutException)
}

async function destroyBody(api: Path): Promise<void> {
  const body = await openBody(api)
  body.destroy()
  await once(body, 'close')
}

/** A body without end, of which some has been read. */
async function openBody(api: Path, signal?: AbortSignal): Promise<Readable> {
  const { body } = await api.path('endless').get({ signal })
  assert.ok(body)
  await once(body, 'data')
  return body
}

async function abortHalfWayThroughBody(api: Path): Promise<void> {
  const controller = new AbortController()
  const body = await openBody(api, controller.signal)
  const failed = once(body, 'error')
  controller.abort(REASON)
  assert.deepEqual(await failed, [REASON])
}

function abortStalledUpload(
  makeSource: (first: readonly Buffer[], rest: readonly Buffer[]) => StalledSource,
  first: readonly Buffer[],
): EarlyEnd['run'] {
  return async (api, server) => {
    const controller = new AbortController()
    const source = makeSource(first, [CHUNK])
    const before = uploadCount(server)
    const posted = assert.rejects(api.path('upload').post(source.body, { signal: controller.signal }), REASON)
    await until(source.isAsked)
    if (first.length > 0) await until(() => uploadCount(server) > before)
    controller.abort(REASON)
    await posted
    source.release()
  }
}

function uploadCount({ requests }: BlockingServer): number {
  return requests.filter(request => request === 'POST /1.0/upload').length
}

function failSource(first: readonly Buffer[]): EarlyEnd['run'] {
  return async api => {
    const source = Readable.from(failAfter(first))
    await assert.rejects(api.path('upload').post(source), /no such disk/)
  }
}

async function* failAfter(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
  throw new Error('no such disk')
}

async function sendDestroyedSource(api: Path): Promise<void> {
  const source = Readable.from([CHUNK])
  source.destroy()
  await once(source, 'close')
  await assert.rejects(api.path('upload').post(source))
}

async function refuseHalfWay(api: Path): Promise<void> {
  const source = stalledReadable([CHUNK], [CHUNK])
  await assert.rejects(api.path('refuse').post(source.body), /refused/)
  source.release()
}

async function sendWrongLength(api: Path): Promise<void> {
  const headers = { 'content-length': '5' }
  await assert.rejects(api.path('upload').post(CHUNK, { headers }))
}

/** Keeps all threads that read files busy, as a file system does that does not answer. */
async function stallFileSystem(t: TestContext): Promise<{ release(): void }> {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4)
  const paths = Array.from({ length: threads }, () => join(createTempFolder(), 'fifo'))
  execFileSync('mkfifo', paths)
  // To open one takes until somebody opens the other end.
  const opened = paths.map(path => open(path))
  let isReleased = false
  const release = (): void => {
    if (isReleased) return
    isReleased = true
    for (const path of paths) closeSync(openSync(path, constants.O_RDWR))
  }
  t.after(async () => {
    release()
    for (const file of await Promise.all(opened)) await file.close()
  })
  return { release }
}
