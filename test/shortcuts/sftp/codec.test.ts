import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeAttributes, encodeAttributes, splitChange } from '../../../src/shortcuts/sftp/attributes.ts'
import { PacketReader } from '../../../src/shortcuts/sftp/packet-reader.ts'
import { encodeRequest, type Field } from '../../../src/shortcuts/sftp/packets.ts'
import { Reply } from '../../../src/shortcuts/sftp/reply.ts'

const UINT32 = fc.nat(2 ** 32 - 1)
const FIELD: fc.Arbitrary<Field> = fc.oneof(
  UINT32,
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.string({ unit: 'binary' }),
  fc.uint8Array(),
)
const PACKET = fc.record({ type: fc.nat(255), id: UINT32, fields: fc.array(FIELD, { maxLength: 5 }) })

test('packets are read as they were written, however the bytes are split', () => {
  fc.assert(
    fc.property(fc.array(PACKET), fc.array(fc.integer({ min: 1, max: 50 })), (packets, lengths) => {
      const bytes = Buffer.concat(packets.map(({ type, id, fields }) => encodeRequest(type, id, fields)))
      const read: Buffer[] = []
      const reader = new PacketReader(packet => read.push(Buffer.from(packet)))
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = lengths.length === 0 ? bytes.length : (lengths[turn % lengths.length] ?? 1)
        reader.read(bytes.subarray(at, at + length))
        at += length
      }
      assert.equal(read.length, packets.length)
      for (const [index, packet] of packets.entries())
        assertSame(new Reply(read[index] ?? assert.fail()), packet)
    }),
  )
})

test('a packet that no server sends, or that ends within a field, is an error', () => {
  for (const length of [0, 4, 2 ** 18 + 1, 2 ** 32 - 1]) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(length)
    assert.throws(() => new PacketReader(() => {}).read(head), /announced a packet of/)
  }
  const cut = encodeRequest(101, 1, ['some text']).subarray(4, -1)
  assert.throws(() => new Reply(cut).text(), /announced a field of 9 bytes/)
  assert.throws(() => new Reply(Buffer.from([101, 0, 0, 0, 1])).uint32(), RangeError)
  assert.throws(() => new Reply(Buffer.from([101])), RangeError)
})

test('attributes are read as they were written, in the order of the protocol', () => {
  const date = fc.nat(2 ** 32 - 1).map(seconds => new Date(seconds * 1000))
  const change = fc.record({
    size: fc.maxSafeNat(),
    owner: fc.record({ uid: UINT32, gid: UINT32 }),
    mode: fc.nat(0o7777),
    times: fc.record({ accessed: date, modified: date }),
  })
  fc.assert(
    fc.property(change, change => {
      const packet = encodeRequest(105, 1, encodeAttributes(change)).subarray(4)
      const { mode, size, owner, times } = change
      assert.deepEqual(decodeAttributes(new Reply(packet)), {
        type: 'file',
        mode,
        size,
        ...owner,
        modified: times.modified,
      })
      assert.deepEqual(splitChange(change), [{ owner }, { size, mode, times }])
    }),
  )
  assert.deepEqual(encodeAttributes({}), [0])
  assert.deepEqual(splitChange({ mode: 0o644 }), [{ mode: 0o644 }])
})

test('attributes with times that the protocol does not have get the nearest ones', () => {
  const times = { accessed: new Date(-1000), modified: new Date(2 ** 33 * 1000) }
  assert.deepEqual(encodeAttributes({ times }), [8, 0, 2 ** 32 - 1])
})

function assertSame(
  reply: Reply,
  { type, id, fields }: { type: number; id: number; fields: readonly Field[] },
): void {
  assert.deepEqual([reply.type, reply.id], [type, id])
  for (const field of fields) {
    if (typeof field === 'number') assert.equal(reply.uint32(), field)
    else if (typeof field === 'bigint') assert.equal(reply.uint64(), field)
    else assert.deepEqual(reply.bytes(), Buffer.from(field))
  }
  assert.ok(reply.isAtEnd)
}
