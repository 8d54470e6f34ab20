import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  APICancelledException,
  APINotFoundException,
  APIOperationException,
  APITimeoutException,
} from '../../src/index.ts'
import {
  CANCELLED,
  FAILED,
  GONE,
  isWait,
  RUNNING,
  rejection,
  SUCCESS,
  serveOperation,
} from '../servers/operation-server.ts'
import { failure } from '../servers/server.ts'

// The three contracts, as wire.md tells them.
const CONTRACTS = [
  { server: 'LXD to 5.14 and Incus main', failed: FAILED, timedOut: RUNNING },
  {
    server: 'LXD 5.15 to 5.19',
    failed: failure(400, 'no such image'),
    timedOut: failure(500, 'context deadline exceeded'),
  },
  {
    server: 'LXD 5.0.3, 5.20 to 6.9 and Incus 6.0',
    failed: failure(500, 'no such image', 200),
    timedOut: failure(500, 'context deadline exceeded', 200),
  },
]

for (const { server, failed, timedOut } of CONTRACTS) {
  test(`${server}: a failed operation is an APIOperationException with its words`, async t => {
    const { received, start } = await serveOperation(t, { waits: [failed], reads: [FAILED] })
    const exception = await rejection(start().wait())
    assert.ok(exception instanceof APIOperationException)
    assert.ok(!(exception instanceof APICancelledException))
    assert.equal(exception.error, 'no such image')
    assert.match(
      exception.message,
      /^GET http.*\/1\.0\/operations\/1\/wait\?timeout=30 no such image \(POST \/1\.0\/instances\)$/,
    )
    assert.equal(exception.operation?.id, '1')
    assert.ok(received.length <= 3)
  })

  test(`${server}: a failed operation that is gone a moment later has still failed`, async t => {
    const { start } = await serveOperation(t, { waits: [failed], reads: [GONE] })
    const exception = await rejection(start().wait())
    assert.ok(exception instanceof APIOperationException)
    assert.equal(exception.error, 'no such image')
  })

  test(`${server}: a wait that timed out is an APITimeoutException while the operation goes on`, async t => {
    const { received, start } = await serveOperation(t, { waits: [timedOut], reads: [RUNNING] })
    const exception = await rejection(start().wait({ timeout: 0 }))
    assert.ok(exception instanceof APITimeoutException)
    assert.match(exception.error, /still running after 0 s; it goes on/)
    assert.ok(received.every(({ method }) => method !== 'DELETE'))
  })

  test(`${server}: a turn that timed out is followed by another`, async t => {
    const { received, start } = await serveOperation(t, { waits: [timedOut, SUCCESS], reads: [RUNNING] })
    const { metadata } = await start().wait()
    assert.equal(metadata.status_code, 200)
    assert.equal(received.filter(isWait).length, 2)
  })

  test(`${server}: a wait that timed out just as the operation succeeded has succeeded`, async t => {
    const { start } = await serveOperation(t, { waits: [timedOut, SUCCESS], reads: [SUCCESS] })
    assert.equal((await start().wait()).metadata.status_code, 200)
  })

  test(`${server}: a wait that timed out tells nothing of an operation that is gone a moment later`, async t => {
    const { start } = await serveOperation(t, { waits: [timedOut, GONE], reads: [GONE] })
    assert.ok((await rejection(start().wait())) instanceof APINotFoundException)
  })
}

test('a real HTTP 4xx of a failed operation is an APIOperationException, 404 among them', async t => {
  for (const status of [400, 403, 404, 409, 412, 500]) {
    const waits = [failure(status, 'no such image')]
    const { start } = await serveOperation(t, { waits, reads: [FAILED] })
    const exception = await rejection(start().wait())
    assert.ok(exception instanceof APIOperationException, `${status}: ${exception}`)
    assert.equal(exception.result.response.statusCode, status)
  }
})

test('a cancelled operation is an APICancelledException on every server, although its err is empty', async t => {
  for (const wait of [CANCELLED, failure(401, ''), failure(500, '', 200)]) {
    const { start } = await serveOperation(t, { waits: [wait], reads: [CANCELLED] })
    const exception = await rejection(start().wait())
    assert.ok(exception instanceof APICancelledException, String(exception))
    assert.ok(exception instanceof APIOperationException)
    assert.equal(exception.statusCode, 401)
    assert.equal(exception.error, 'The operation ended as Cancelled')
  }
})
