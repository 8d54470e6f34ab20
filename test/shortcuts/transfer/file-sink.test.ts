import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { FileSink } from '../../../src/shortcuts/transfer/file-sink.ts'
import { createTempFolder } from '../../daemon/clean-up.ts'

test('what is written is in the file, however small or large the pieces', async () => {
  for (const size of [1, 1000, 64 * 1024, 3_000_000]) {
    const path = join(createTempFolder(), 'file')
    const bytes = randomBytes(Math.min(size * 5000, 7_000_000))
    await pipeline(Readable.from(slices(bytes, size)), new FileSink(await open(path, 'wx')))
    assert.ok((await readFile(path)).equals(bytes), `in pieces of ${size}`)
  }
})

test('a file system that takes a part each time gets the rest', async () => {
  const { file, written } = recorder(pieces => Math.min(lengthOf(pieces), 1001))
  const bytes = randomBytes(50_000)
  await pipeline(Readable.from(slices(bytes, 700)), new FileSink(file))
  assert.ok(Buffer.concat(written).equals(bytes))
})

test('small pieces are written together', async () => {
  const { file, writes } = recorder(lengthOf)
  await pipeline(Readable.from(slices(Buffer.alloc(4 * 2 ** 20), 1024)), new FileSink(file))
  assert.ok(writes() <= 5, `${writes()} writes`)
})

test('a file system that is full fails the stream, and the file is closed', async () => {
  const { file, isClosed } = recorder(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  const sink = new FileSink(file)
  await assert.rejects(pipeline(Readable.from([Buffer.alloc(10)]), sink), { code: 'ENOSPC' })
  assert.ok(isClosed())
})

test('a file system that becomes full while more arrives fails the stream', async () => {
  const { file, writes, isClosed } = recorder(pieces => {
    if (writes() > 2) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    return lengthOf(pieces)
  })
  const bytes = Buffer.alloc(20 * 2 ** 20)
  await assert.rejects(pipeline(Readable.from(slices(bytes, 2 ** 16)), new FileSink(file)), {
    code: 'ENOSPC',
  })
  assert.ok(isClosed())
  assert.equal(writes(), 3, 'nothing is written after a failure')
})

test('a batch is collected while the one before is written, and only then written', async () => {
  const { file, written, most } = recorder(lengthOf)
  const sink = new FileSink(file)
  const bytes = randomBytes(9 * 2 ** 20 + 5)
  await pipeline(Readable.from(slices(bytes, 2 ** 18)), sink)
  assert.ok(Buffer.concat(written).equals(bytes))
  assert.equal(most(), 1, 'one write at a time')
})

/** A file that takes as much of what is written as it is told to. */
function recorder(take: (pieces: readonly Buffer[]) => number) {
  const written: Buffer[] = []
  let writes = 0
  let underWay = 0
  let most = 0
  let isClosed = false
  const file = {
    async writev(pieces: readonly Buffer[]) {
      writes++
      most = Math.max(most, ++underWay)
      await setImmediate()
      underWay--
      const bytesWritten = take(pieces)
      written.push(Buffer.from(Buffer.concat(pieces).subarray(0, bytesWritten)))
      return { bytesWritten }
    },
    async close() {
      isClosed = true
    },
  }
  // True: nothing else of a file is used.
  return {
    file: file as unknown as FileHandle,
    written,
    writes: () => writes,
    most: () => most,
    isClosed: () => isClosed,
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

function* slices(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
