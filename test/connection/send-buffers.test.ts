import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { acquireBuffer, CHUNK_SIZE, markChunk, releaseOnceSent } from '../../src/connection/send-buffers.ts'
import { filePush } from '../../src/index.ts'
import { FileSource } from '../../src/shortcuts/transfer/file-source.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { connect, listen } from '../servers/server.ts'

test('a buffer is reused once it is sent, and not before', () => {
  const { socket, sent } = recorder()
  const chunk = markChunk(acquireBuffer(), 1000)
  socket.write(chunk)
  assert.ok(!acquireMany().includes(chunk.buffer))
  sent[0]?.done(null)
  assert.ok(acquireMany().includes(chunk.buffer))
})

test('a buffer whose write failed is not reused', () => {
  const { socket, sent } = recorder()
  const chunk = markChunk(acquireBuffer(), CHUNK_SIZE)
  socket.write(chunk)
  sent[0]?.done(new Error('reset'))
  assert.ok(!acquireMany().includes(chunk.buffer))
})

test('the end of a file releases its buffer', async () => {
  let memory: ArrayBufferLike | undefined
  const read = async (buffer: Buffer) => {
    memory = buffer.buffer
    return { bytesRead: 0 }
  }
  // Safe cast: nothing else of a file is used.
  const file = { read, close: async () => {} } as unknown as FileHandle
  assert.deepEqual(await new FileSource(file).toArray(), [])
  assert.ok(memory && acquireMany().includes(memory))
})

test('a buffer whose chunk is sent in parts is not reused', () => {
  const { socket, sent } = recorder()
  const chunk = markChunk(acquireBuffer(), 1000)
  socket.write(chunk.subarray(0, 500))
  socket.write(chunk.subarray(500))
  for (const { args, done } of sent) if (args.length > 1) done(null)
  assert.ok(!acquireMany().includes(chunk.buffer))
})

test('other writes of the socket are passed on unchanged', () => {
  const { socket, sent } = recorder()
  const own = Buffer.alloc(CHUNK_SIZE)
  const whenSent = () => {}
  socket.write(own)
  socket.write('text', 'latin1')
  socket.write(own, whenSent)
  assert.deepEqual(
    sent.map(({ args }) => args),
    [[own], ['text', 'latin1'], [own, whenSent]],
  )
})

test('many files at once to a server that takes its time: all arrive whole', async t => {
  const arrived = new Map<string, string>()
  const server = createServer(async (request, response) => {
    const path = String(new URL(request.url ?? '', 'http://x').searchParams.get('path'))
    if (request.method === 'POST') arrived.set(path, await slowDigest(request))
    response.setHeader('content-type', 'application/json')
    const isThere = request.method === 'POST'
    response.statusCode = isThere ? 200 : 404
    response.end(JSON.stringify({ type: isThere ? 'sync' : 'error', error: isThere ? '' : 'not found' }))
  })
  // A unix socket holds less than a chunk, so most of one waits in this process.
  const baseUrl = await listen(t, server, join(createTempFolder(), 'socket'))
  const { root } = connect(t, { baseUrl })
  const dir = createTempFolder()
  const files = new Map(
    Array.from({ length: 6 }, (_, at) => [`/${at}`, randomBytes(6 * CHUNK_SIZE + at * 1001)]),
  )
  for (const [path, bytes] of files) await writeFile(join(dir, path), bytes)
  for (let round = 0; round < 2; round++) {
    arrived.clear()
    await Promise.all(
      [...files.keys()].map(path => filePush(root.path('1.0', 'instances', 'web'), path, join(dir, path))),
    )
    for (const [path, bytes] of files) assert.equal(arrived.get(path), digest(bytes), path)
  }
})

/** A socket that keeps what is written, and says that it is sent when it is told to. */
function recorder() {
  const sent: { args: unknown[]; done: (error: Error | null) => void }[] = []
  const write = (...args: unknown[]) => {
    sent.push({ args, done: error => (args.at(-1) as (error: Error | null) => void)(error) })
    return true
  }
  // Safe cast: nothing but write() is used.
  const socket = { write } as unknown as Socket
  releaseOnceSent(socket)
  return { socket, sent }
}

function acquireMany(): ArrayBufferLike[] {
  return Array.from({ length: 20 }, () => acquireBuffer().buffer)
}

// With pauses that let what is under way pile up on the other side.
async function slowDigest(request: IncomingMessage): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of request) {
    hash.update(chunk)
    if (Math.random() < 0.1) await pause(1)
  }
  return hash.digest('hex')
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
