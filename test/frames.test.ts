import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameReader, OPCODE } from '../src/websocket/frames.ts'

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
