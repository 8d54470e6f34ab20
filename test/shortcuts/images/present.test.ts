import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { APIException, APITransferException, imagePresent } from '../../../src/index.ts'
import { createTempFolder } from '../../daemon/clean-up.ts'
import { jsonAnswer, serveRaw } from '../../servers/raw-server.ts'
import { type Answer, type Received, serve, type TestServer } from '../../servers/server.ts'
import { refusal, sync } from '../../servers/store.ts'

// More than what is hashed before it is sent.
const SIZE = 65 * 2 ** 20
const WRONG = 'f'.repeat(64)

test('imagePresent() deletes a big image that arrived as another one, and tells both fingerprints', async t => {
  const file = makeFile()
  const { root, sent } = await serveImages(t, () => WRONG)
  await assert.rejects(imagePresent(root, file), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(error.message, new RegExp(`The image that arrived is ${WRONG}, not ${fingerprintOf(file)}`))
    return true
  })
  assert.ok(sent().includes(`DELETE /1.0/images/${WRONG}`))
})

test('imagePresent() of a big image that somebody else uploads meanwhile is false', async t => {
  const file = makeFile()
  const isThere: Answer = ({ method, url }) => {
    if (url.includes('recursion')) return sync([])
    if (method === 'POST') return refusal(400, 'Image with same fingerprint already exists')
    return sync({ fingerprint: fingerprintOf(file), properties: {} })
  }
  const { root } = await serve(t, isThere)
  assert.equal(await imagePresent(root, file), false)
})

test('imagePresent() of a big image that is refused tells what the server says', async t => {
  const { root } = await serve(t, ({ method, url }) => {
    if (url.includes('recursion')) return sync([])
    return method === 'POST' ? refusal(403, 'not authorized') : refusal(404, 'not found')
  })
  await assert.rejects(imagePresent(root, makeFile()), /not authorized/)
})

test('imagePresent() of a big image that changes after it was sent is an exception', async t => {
  const file = makeFile()
  const before = fingerprintOf(file)
  const { root, sent } = await serveImages(t, () => {
    appendFileSync(file, 'more')
    return before
  })
  await assert.rejects(imagePresent(root, file), new RegExp(`The image that arrived is ${before}, not`))
  assert.ok(sent().includes(`DELETE /1.0/images/${before}`))
})

test('imagePresent() of a big image over a connection that breaks says how far it came, and leaves nothing open', async t => {
  const { api, assertNoLeak, requests } = await serveRaw(t, ({ head, socket, received }) => {
    if (head.startsWith('GET')) return socket.write(jsonAnswer(200, { type: 'sync', metadata: [] }))
    return setTimeout(() => socket.resetAndDestroy(), received() > 0 ? 0 : 20)
  })
  await assert.rejects(imagePresent(api, makeFile()), APITransferException)
  assert.deepEqual(requests, ['GET /1.0/images?recursion=1', 'POST /1.0/images'])
  await assertNoLeak()
})

test('imagePresent() of a big image ends by its signal', async t => {
  const controller = new AbortController()
  const { root } = await serve(t, ({ method }) => {
    if (method === 'GET') return sync([])
    controller.abort(new Error('enough'))
    return undefined
  })
  await assert.rejects(imagePresent(root, makeFile(), { signal: controller.signal }), /enough/)
})

async function serveImages(t: TestContext, arrived: (received: Received) => string): Promise<Images> {
  let fingerprint = ''
  const server = await serve(t, received => {
    const { method, url } = received
    if (url.includes('recursion')) return sync([{ size: 1 }])
    if (url.includes('/wait')) return sync(operation(fingerprint))
    if (method === 'DELETE') return sync({})
    if (method === 'GET') return refusal(404, 'not found')
    fingerprint = arrived(received)
    const headers = { location: '/1.0/operations/abc' }
    const metadata = { ...operation(fingerprint), status: 'Running', status_code: 103 }
    return { status: 202, headers, json: { type: 'async', operation: headers.location, metadata } }
  })
  return { ...server, sent: () => server.received.map(({ method, url }) => `${method} ${url}`) }
}

interface Images extends TestServer {
  readonly sent: () => readonly string[]
}

function operation(fingerprint: string): Record<string, unknown> {
  return { id: 'abc', class: 'task', status: 'Success', status_code: 200, metadata: { fingerprint }, err: '' }
}

function makeFile(): string {
  const path = join(createTempFolder(), 'image.tar')
  writeFileSync(path, 'image')
  truncateSync(path, SIZE)
  return path
}

function fingerprintOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
