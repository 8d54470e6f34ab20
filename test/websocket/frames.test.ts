import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFrame, FrameReader, OPCODE, WebSocketProtocolError } from '../../src/websocket/frames.ts'

function frame(opcode: number, payload: Buffer, isLast = true): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10)
  head[0] = (isLast ? 0x80 : 0) | opcode
  head[1] = length < 126 ? length : length < 65536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

function read(chunks: Iterable<Buffer>): { data: Buffer; told: string } {
  const pieces: Buffer[] = []
  const told: string[] = []
  let isText = false
  const reader = new FrameReader({
    onBegin: begun => {
      isText = begun
      if (isText) told.push('text')
    },
    onPart: part => {
      if (!isText) pieces.push(part)
    },
    onEnd: () => {},
    onControl: opcode => {
      if (opcode === OPCODE.close) told.push('close')
    },
  })
  for (const chunk of chunks) reader.read(chunk)
  return { data: Buffer.concat(pieces), told: told.join(' ') }
}

const SMALL = Buffer.from('small')
const MIDDLE = Buffer.alloc(300, 'middle')
const LARGE = Buffer.alloc(70_000, 'large')
const STREAM = Buffer.concat([
  frame(2, SMALL),
  frame(9, Buffer.from('keepalive')),
  frame(2, Buffer.alloc(0)),
  frame(2, MIDDLE),
  frame(10, Buffer.alloc(0)),
  frame(2, LARGE),
  frame(1, Buffer.alloc(0)),
  frame(8, Buffer.from([3, 232])),
])
const DATA = Buffer.concat([SMALL, MIDDLE, LARGE])

for (const size of [1, 2, 3, 7, 64, 1000, 65536, STREAM.length]) {
  test(`frames are read from chunks of ${size} bytes`, () => {
    const chunks = Array.from({ length: Math.ceil(STREAM.length / size) }, (_, n) =>
      STREAM.subarray(n * size, (n + 1) * size),
    )
    const { data, told } = read(chunks)
    assert.ok(data.equals(DATA))
    assert.equal(told, 'text close')
  })
}

test('a message in fragments is one, with what comes in between left out', () => {
  const { data, told } = read([
    frame(2, Buffer.from('one '), false),
    frame(9, Buffer.from('ping')),
    frame(0, Buffer.from('two '), false),
    frame(0, Buffer.from('three')),
    frame(1, Buffer.from('text '), false),
    frame(0, Buffer.from('in two')),
  ])
  assert.equal(String(data), 'one two three')
  assert.equal(told, 'text')
})

interface Told {
  readonly opcode: number
  readonly payload: string
}

function tellFrames(chunks: Iterable<Buffer>): Told[] {
  const told: Told[] = []
  let opcode = 0
  let parts: Buffer[] = []
  const reader = new FrameReader({
    onBegin: isText => {
      opcode = isText ? OPCODE.text : OPCODE.binary
      parts = []
    },
    onPart: part => parts.push(Buffer.from(part)),
    onEnd: () => told.push({ opcode, payload: Buffer.concat(parts).toString('base64') }),
    onControl: (control, payload) => told.push({ opcode: control, payload: payload.toString('base64') }),
  })
  for (const chunk of chunks) reader.read(chunk)
  return told
}

// A message in fragments, with control frames between them, as a server may send it.
const message = fc.record({
  opcode: fc.constantFrom(OPCODE.text, OPCODE.binary),
  fragments: fc.array(fc.uint8Array({ maxLength: 70_000, size: 'max' }), { minLength: 1, maxLength: 4 }),
  control: fc.option(
    fc.tuple(
      fc.constantFrom(OPCODE.ping, OPCODE.pong, OPCODE.close),
      fc.uint8Array({ maxLength: 125, size: 'max' }),
    ),
  ),
})

test('frames are the same however the stream is split, whatever comes between the fragments of a message', () => {
  const property = fc.property(
    fc.array(message, { maxLength: 5 }),
    fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 }),
    (messages, sizes) => {
      const frames: Buffer[] = []
      const expected: Told[] = []
      for (const { opcode, fragments, control } of messages) {
        fragments.forEach((fragment, n) => {
          if (n === 1 && control !== null) {
            frames.push(frame(control[0], Buffer.from(control[1])))
            expected.push({ opcode: control[0], payload: Buffer.from(control[1]).toString('base64') })
          }
          frames.push(frame(n === 0 ? opcode : 0, Buffer.from(fragment), n === fragments.length - 1))
        })
        expected.push({ opcode, payload: Buffer.concat(fragments).toString('base64') })
      }
      assert.deepEqual(tellFrames(split(Buffer.concat(frames), sizes)), expected)
    },
  )
  fc.assert(property, { numRuns: 50 })
})

// Pieces of these sizes in turn, and again from the first.
function* split(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

test('a frame of a client is one that the reader takes, but for its mask', () => {
  const property = fc.property(
    fc.constantFrom(...Object.values(OPCODE)),
    fc.oneof(
      fc.uint8Array({ maxLength: 300, size: 'max' }),
      fc.uint8Array({ minLength: 65_530, maxLength: 65_540, size: 'max' }),
    ),
    (opcode, payload) => {
      const encoded = encodeFrame(opcode, payload)
      const size = (encoded[1] ?? 0) & 0x7f
      assert.equal(encoded[0], 0x80 | opcode)
      assert.ok(((encoded[1] ?? 0) & 0x80) !== 0)
      const start = { 126: 4, 127: 10 }[size] ?? 2
      const mask = encoded.subarray(start, start + 4)
      const unmasked = encoded.subarray(start + 4).map((byte, n) => byte ^ (mask[n % 4] ?? 0))
      assert.ok(Buffer.from(payload).equals(unmasked))
      const length =
        size < 126 ? size : size === 126 ? encoded.readUInt16BE(2) : Number(encoded.readBigUInt64BE(2))
      assert.equal(length, payload.length)
    },
  )
  fc.assert(property, { numRuns: 100 })
})

test('each frame has a mask of its own, and the payload that was given stays as it is', () => {
  const payload = Buffer.alloc(1000, 'x')
  const masks = new Set(
    Array.from({ length: 20 }, () => encodeFrame(OPCODE.binary, payload).toString('hex', 4, 8)),
  )
  assert.equal(masks.size, 20)
  assert.ok(payload.equals(Buffer.alloc(1000, 'x')))
})

for (const [what, bytes, closeCode] of [
  ['a reserved bit', [0xc2, 0], 1002],
  ['an opcode that is unknown', [0x83, 0], 1002],
  ['a control opcode that is unknown', [0x8b, 0], 1002],
  ['a masked frame', [0x82, 0x80, 1, 2, 3, 4], 1002],
  ['a control frame in fragments', [0x09, 0], 1002],
  ['a control frame that is too long', [0x89, 126, 0, 126], 1002],
  ['a continuation of nothing', [0x80, 0], 1002],
  ['a message within another', [0x02, 0, 0x82, 0], 1002],
  ['a length beyond all numbers', [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255], 1009],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => tellFrames([Buffer.from(bytes)]), { constructor: WebSocketProtocolError, closeCode })
    assert.throws(() => tellFrames(split(Buffer.from(bytes), [1])), { closeCode })
  })
}
