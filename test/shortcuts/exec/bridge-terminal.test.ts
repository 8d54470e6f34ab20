import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { bridgeTerminal, spawn, type TerminalSocket } from '../../../src/index.ts'
import { ended, nameOf, serveCommand } from '../../servers/exec-server.ts'
import { failure, until, untilStill } from '../../servers/server.ts'
import type { Peer } from '../../servers/websocket-peer.ts'

const MIB = 1024 * 1024

/** A socket as a platform has it: no callbacks, no pause, and codes of its own only. What it sent stays in its buffer. */
class PlatformSocket extends EventTarget implements TerminalSocket {
  binaryType = 'blob'
  readyState = 1
  bufferedAmount = 0
  readonly sent: Buffer[] = []
  closedWith: readonly [number?, string?] = []

  send(data: Uint8Array): void {
    this.sent.push(Buffer.from(data))
    this.bufferedAmount += data.length
  }

  close(code?: number, reason?: string): void {
    if (code !== 1000 && !(code && code >= 3000)) throw new DOMException('', 'InvalidAccessError')
    this.closedWith = [code, reason]
    this.vanish()
  }

  vanish(): void {
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }

  type(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

function named(peers: readonly Peer[], name: string): Peer {
  const peer = peers.find(one => nameOf(one) === name)
  assert.ok(peer)
  return peer
}

async function bridge(t: TestContext) {
  const { api, peers, finish } = await serveCommand(t)
  const socket = new PlatformSocket()
  const child = await spawn(api.instances.c1, ['sh'], { terminal: true })
  const bridged = bridgeTerminal(child, socket)
  return { child, socket, bridged, terminal: named(peers, 'stdin'), control: named(peers, 'control'), finish }
}

test('what is shown waits for a socket that only tells how much it has not sent', async t => {
  const { socket, bridged, terminal, finish } = await bridge(t)
  const output = Buffer.alloc(16 * MIB, 'x')
  terminal.send(output)
  await until(() => socket.bufferedAmount > 0)
  await untilStill(() => socket.bufferedAmount)
  assert.ok(socket.bufferedAmount < MIB, `${socket.bufferedAmount} bytes were sent`)
  assert.ok(terminal.socket.writableLength > 0)
  // From now on it sends all at once.
  Object.defineProperty(socket, 'bufferedAmount', { get: () => 0, set: () => {} })
  terminal.send('')
  finish(ended(0))
  assert.deepEqual(await bridged, { exitCode: 0 })
  assert.ok(Buffer.concat(socket.sent).equals(output))
  assert.deepEqual(socket.closedWith, [1000, 'exit 0'])
})

test('a socket that can not be paused is closed if it sends more than the command reads', async t => {
  const { child, socket, bridged, terminal, control, finish } = await bridge(t)
  terminal.socket.pause()
  for (let n = 0; n < 64 && socket.readyState === 1; n++) {
    socket.type(new Uint8Array(MIB).buffer)
    await untilStill(() => child.stdin.writableLength)
  }
  assert.deepEqual(socket.closedWith, [4009, 'too much input'])
  await until(() => control.texts.length === 1)
  assert.deepEqual(JSON.parse(control.texts[0] ?? ''), { command: 'signal', signal: 1 })
  terminal.socket.resume()
  terminal.send('')
  finish(ended(129))
  assert.deepEqual(await bridged, { exitCode: 129 })
})

test('text is what was typed, except the size of the terminal; what is no size is ignored', async t => {
  const { socket, bridged, terminal, control, finish } = await bridge(t)
  assert.equal(socket.binaryType, 'arraybuffer')
  const sizes = [0, -1, 1.5, 65_536, '80', null]
  for (const columns of sizes) socket.type(JSON.stringify({ resize: { columns, rows: 24 } }))
  socket.type('{"resize":{"columns":100,"rows":30}}')
  for (const typed of ['{"resize":', '{"resize":7}', '{"a":1}', new Uint8Array([0xe2]).buffer])
    socket.type(typed)
  await until(() => terminal.frames.length === 4)
  assert.deepEqual(
    terminal.frames.map(({ data }) => data.toString('latin1')),
    ['{"resize":', '{"resize":7}', '{"a":1}', '\xe2'],
  )
  await until(() => control.texts.length === 1)
  assert.deepEqual(JSON.parse(control.texts[0] ?? ''), {
    command: 'window-resize',
    args: { width: '100', height: '30' },
  })
  terminal.send('')
  finish(ended(0))
  await bridged
})

test('a socket is closed with no word of why the command was lost', async t => {
  const { socket, bridged, terminal, finish } = await bridge(t)
  terminal.socket.destroy()
  finish(failure(500, 'the password is wrong'))
  const { error } = await bridged
  assert.ok(error instanceof Error)
  assert.deepEqual(socket.closedWith, [4011, 'failed'])
})

test('a command without a terminal is refused', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const socket = new PlatformSocket()
  const { error } = await bridgeTerminal(spawn(api.instances.c1, ['sh']), socket)
  assert.match(String(error), /^TypeError: bridgeTerminal\(\): give a command with a terminal/)
  assert.deepEqual(socket.closedWith, [4011, 'failed'])
  for (const peer of peers) peer.send('')
  finish(ended(0))
})
