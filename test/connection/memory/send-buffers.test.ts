import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { acquireBuffer, CHUNK_SIZE, releaseOnceSent } from '../../../src/connection/memory/send-buffers.ts'
import { filePush } from '../../../src/index.ts'
import { FileSource } from '../../../src/shortcuts/transfer/file-source.ts'
import { ownFolder } from '../../daemon/clean-up.ts'
import { connect, listen } from '../../servers/server.ts'

test('what was lent is lent again once it is sent, and not before', () => {
  const { socket, sent } = recorder()
  const piece = acquireBuffer().subarray(0, 1000)
  socket.write(piece)
  assert.ok(!lendMany().includes(piece.buffer))
  sent[0]?.done(null)
  assert.ok(lendMany().includes(piece.buffer))
})

test('what could not be sent is not lent again, since somebody may still try', () => {
  const { socket, sent } = recorder()
  const piece = acquireBuffer()
  socket.write(piece)
  sent[0]?.done(new Error('reset'))
  assert.ok(!lendMany().includes(piece.buffer))
})

test('the end of a file takes no memory away', async () => {
  let memory: ArrayBufferLike | undefined
  const read = async (buffer: Buffer) => {
    memory = buffer.buffer
    return { bytesRead: 0 }
  }
  // True: nothing else of a file is used.
  const file = { read, close: async () => {} } as unknown as FileHandle
  assert.deepEqual(await new FileSource(file).toArray(), [])
  assert.ok(memory && lendMany().includes(memory))
})

test('all else that a socket sends goes through as it is', () => {
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
  // A unix socket holds less than a piece, so most of one waits in this process.
  const baseUrl = await listen(t, server, join(ownFolder(), 'socket'))
  const { root } = connect(t, { baseUrl })
  const dir = ownFolder()
  const files = new Map(
    Array.from({ length: 6 }, (_, at) => [`/${at}`, randomBytes(6 * CHUNK_SIZE + at * 1001)]),
  )
  for (const [path, bytes] of files) await writeFile(join(dir, path), bytes)
  for (let round = 0; round < 2; round++) {
    arrived.clear()
    await Promise.all([...files.keys()].map(path => filePush(root, 'web', path, join(dir, path))))
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
  // True: nothing but write() is used.
  const socket = { write } as unknown as Socket
  releaseOnceSent(socket)
  return { socket, sent }
}

function lendMany(): ArrayBufferLike[] {
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
