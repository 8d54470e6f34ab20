import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { formOf } from '../../../src/shortcuts/images/multipart-form.ts'
import {
  boundaryOf,
  MultipartParser,
  type PartEvent,
  partNameOf,
} from '../../../src/shortcuts/images/multipart-parser.ts'
import { SplitImageSink } from '../../../src/shortcuts/images/split-sink.ts'

// Bytes that look like what the parser searches for.
const NEARLY = [
  '\r',
  '\n',
  '\r\n',
  '-',
  '--',
  '\r\n--',
  '\r\n--b',
  '\r\n--bound',
  '--boundary',
  '\r\n\r\n',
  'x',
  '\0',
]
const content = fc
  .array(fc.oneof(fc.constantFrom(...NEARLY).map(Buffer.from), fc.uint8Array().map(Buffer.from)))
  .map(pieces => Buffer.concat(pieces))
  .filter(
    bytes =>
      !bytes.includes('--boundary') ||
      !Buffer.concat([Buffer.from('\r\n'), bytes]).includes('\r\n--boundary'),
  )
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })

test('a form that is cut into any pieces comes apart into the same parts', () => {
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 3 }), cuts, (bodies, lengths) => {
      const form = compose(bodies)
      const parts = parse(piecesOf(form, lengths))
      assert.deepEqual(
        parts.map(({ name }) => name),
        bodies.map((_, index) => `part${index}`),
      )
      for (const [index, body] of bodies.entries()) assert.ok(parts[index]?.body.equals(body))
    }),
    { numRuns: 500 },
  )
})

test('a form that is cut short anywhere is an error', () => {
  const form = compose([Buffer.from('one'), Buffer.from('two\r\n--boun')])
  const end = form.lastIndexOf('--boundary--') + '--boundary--'.length
  for (let length = 0; length < end; length++) {
    assert.throws(() => parse([form.subarray(0, length)]), /cut short/, `after ${length} bytes`)
  }
  assert.equal(parse([form.subarray(0, end)]).length, 2)
})

test('what follows the end of a form is not looked at, as where LXD ends one twice', () => {
  const form = Buffer.concat([compose([Buffer.from('one')]), Buffer.from('--boundary--\r\n')])
  assert.equal(parse([form]).length, 1)
})

test('a form with endless headers, or a part that begins oddly, is an error', () => {
  assert.throws(() => parse([Buffer.from('--boundary\r\n'), Buffer.alloc(20_000, 'x')]), /endless headers/)
  assert.throws(() => parse([Buffer.from('--boundaryX\r\n')]), /does not begin with a line/)
})

test('the bytes of a part are given out as they come, and none is kept for long', () => {
  const parser = new MultipartParser('boundary')
  const head = [...parser.feed(Buffer.from('--boundary\r\ncontent-disposition: form-data; name="a"\r\n\r\n'))]
  assert.equal(head.length, 1)
  const piece = Buffer.alloc(100_000, 'x')
  assert.deepEqual([...parser.feed(piece)], [piece])
})

test('boundaryOf() reads quoted and plain boundaries of forms only', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc')
  assert.equal(boundaryOf('Multipart/Form-Data; charset=x; boundary="a b;c"'), 'a b;c')
  assert.equal(boundaryOf('multipart/mixed; boundary=abc'), undefined)
  assert.equal(boundaryOf('application/octet-stream'), undefined)
  assert.equal(boundaryOf(undefined), undefined)
})

test('a form that this library makes has the size that it announces, and comes apart again', async () => {
  const bodies = [randomBytes(1000), Buffer.alloc(0)]
  const { contentType, source } = formOf([
    { name: 'metadata', filename: 'a "b"\r\n.tar', source: sourceOf(bodies[0] as Buffer) },
    { name: 'rootfs.img', filename: 'disk', source: sourceOf(bodies[1] as Buffer) },
  ])
  const form = await buffer(source.stream)
  assert.equal(form.length, source.size)
  const parts = parse([form], boundaryOf(contentType))
  assert.deepEqual(
    parts.map(({ name, body }) => [name, body]),
    [
      ['metadata', bodies[0]],
      ['rootfs.img', bodies[1]],
    ],
  )
})

test('a split image goes to its two targets, however slow they are, and its bytes make the fingerprint', async () => {
  const bodies = [randomBytes(70_000), randomBytes(200_000)] as const
  const form = composeNamed({ metadata: bodies[0], rootfs: bodies[1] })
  const hash = createHash('sha256')
  const targets = [new Slow(), new Slow()] as const
  const verify = (): void => {}
  const sink = new SplitImageSink('boundary', {
    verify,
    metadata: targets[0],
    rootfs: targets[1],
    onBytes: bytes => hash.update(bytes),
  })
  await pipeline(Readable.from(piecesOf(form, [30_000])), sink)
  for (const index of [0, 1] as const) assert.ok(Buffer.concat(targets[index].pieces).equals(bodies[index]))
  assert.equal(hash.digest('hex'), createHash('sha256').update(bodies[0]).update(bodies[1]).digest('hex'))
})

for (const [what, names] of Object.entries({
  'only one part': ['metadata'],
  'its parts in another order': ['rootfs', 'metadata'],
  'a third part': ['metadata', 'rootfs', 'more'],
})) {
  test(`a split image with ${what} is an error, and both targets are destroyed`, async () => {
    const form = composeNamed(Object.fromEntries(names.map(name => [name, Buffer.from(name)])))
    const [metadata, rootfs] = [new Slow(), new Slow()]
    const sink = new SplitImageSink('boundary', { metadata, rootfs, onBytes: () => {}, verify: () => {} })
    await assert.rejects(pipeline(Readable.from([form]), sink), /The image has/)
    assert.ok(metadata.destroyed && rootfs.destroyed)
  })
}

class Slow extends Writable {
  readonly pieces: Buffer[] = []

  constructor() {
    super({ highWaterMark: 10 })
  }

  override _write(piece: Buffer, _encoding: string, callback: () => void): void {
    this.pieces.push(piece)
    setImmediate(callback)
  }
}

function sourceOf(bytes: Buffer) {
  return { stream: Readable.from([bytes]), size: bytes.length }
}

function compose(bodies: readonly Buffer[]): Buffer {
  return composeNamed(Object.fromEntries(bodies.map((body, index) => [`part${index}`, body])))
}

function composeNamed(bodies: Readonly<Record<string, Buffer>>): Buffer {
  const parts = Object.entries(bodies).flatMap(([name, body]) => [
    Buffer.from(`--boundary\r\nContent-Disposition: form-data; name="${name}"; filename="f"\r\n\r\n`),
    body,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...parts, Buffer.from('--boundary--\r\n')])
}

function piecesOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(bytes.subarray(at, at + (lengths[pieces.length % lengths.length] ?? 1)))
  }
  return pieces
}

function parse(pieces: readonly Buffer[], boundary = 'boundary'): { name: string; body: Buffer }[] {
  const parser = new MultipartParser(boundary)
  const events: PartEvent[] = pieces.flatMap(piece => [...parser.feed(piece)])
  parser.finish()
  const parts: { name: string; body: Buffer }[] = []
  for (const event of events) {
    const part = parts.at(-1)
    if (!Buffer.isBuffer(event)) parts.push({ name: partNameOf(event), body: Buffer.alloc(0) })
    else if (part !== undefined) part.body = Buffer.concat([part.body, event])
  }
  return parts
}
