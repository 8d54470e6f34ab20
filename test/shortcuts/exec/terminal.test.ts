import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { spawn } from '../../../src/index.ts'
import { ended, nameOf, serveCommand } from '../../servers/exec-server.ts'
import { until, untilStill } from '../../servers/server.ts'
import { OPCODES, type Peer } from '../../servers/websocket-peer.ts'

function terminalOf(peers: readonly Peer[]): Peer {
  const peer = peers.find(one => nameOf(one) === 'stdin')
  assert.ok(peer)
  return peer
}

function controlOf(peers: readonly Peer[]): Peer {
  const peer = peers.find(one => nameOf(one) === 'control')
  assert.ok(peer)
  return peer
}

test('a terminal is closed as soon as the server ends it, though nobody reads, and can be read afterwards', async t => {
  const { api, finish, peers } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['true'], { terminal: true })
  const terminal = terminalOf(peers)
  terminal.send(Buffer.from('hello'))
  terminal.send('')
  // The servers tell of the end no sooner.
  await until(() => terminal.socket.destroyed)
  finish(ended(0))
  assert.equal(await child.exited, 0)
  assert.equal(await text(child.stdout), 'hello')
})

test('an abort closes the control at once, and the terminal after the server has ended it', async t => {
  const { api, peers } = await serveCommand(t)
  const controller = new AbortController()
  const reason = new Error('enough')
  const child = await spawn(api.instances.c1, ['sh'], { terminal: true, signal: controller.signal })
  child.stdout.on('data', () => assert.fail('It has been aborted'))
  const [terminal, control] = [terminalOf(peers), controlOf(peers)]
  controller.abort(reason)
  await assert.rejects(child.exited, reason)
  await until(() => child.stdout.closed && control.socket.destroyed)
  assert.equal(child.stdout.errored, reason)
  terminal.send(Buffer.from('killed'))
  await untilStill(() => terminal.frames.length)
  assert.deepEqual([terminal.frames.length, terminal.socket.readableEnded], [0, false])
  terminal.send('')
  await until(() => terminal.socket.destroyed)
})

test('an abort while the terminal is being opened rejects at once, and closes it once the server has ended it', async t => {
  const { api, peers, server } = await serveCommand(t)
  const [accept] = server.listeners('upgrade') as ((...args: unknown[]) => void)[]
  server.removeAllListeners('upgrade')
  let acceptLate: (() => void) | undefined
  server.on('upgrade', (request, ...rest) => {
    if (request.url?.includes('control')) accept?.(request, ...rest)
    else acceptLate = () => accept?.(request, ...rest)
  })
  const controller = new AbortController()
  const reason = new Error('enough')
  const spawning = spawn(api.instances.c1, ['sh'], { terminal: true, signal: controller.signal })
  await until(() => acceptLate !== undefined)
  controller.abort(reason)
  await assert.rejects(spawning, reason)
  await until(() => controlOf(peers).socket.destroyed)
  acceptLate?.()
  const terminal = terminalOf(peers)
  await untilStill(() => terminal.frames.length)
  assert.deepEqual([terminal.frames.length, terminal.socket.readableEnded], [0, false])
  terminal.send('')
  await until(() => terminal.socket.destroyed)
})

test('closing the API closes the control at once, and the terminal after the server has ended it', async t => {
  const { api, root, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['sh'], { terminal: true })
  const closing = root.close()
  await until(() => controlOf(peers).socket.destroyed)
  const terminal = terminalOf(peers)
  assert.deepEqual([terminal.frames.length, terminal.socket.readableEnded], [0, false])
  terminal.send(Buffer.from('killed'))
  terminal.send('')
  await until(() => terminal.socket.destroyed)
  finish(ended(137))
  await closing
  assert.equal(await child.exited, 137)
  assert.equal(await text(child.stdout), 'killed')
})

test('a terminal that is left hangs up: the command is sent SIGHUP', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['sh'], { terminal: true })
  terminalOf(peers).send(Buffer.from('$ '))
  for await (const _ of child.stdout) break
  const control = controlOf(peers)
  await until(() => control.texts.length === 1)
  assert.deepEqual(JSON.parse(control.texts[0] ?? ''), { command: 'signal', signal: 1 })
  terminalOf(peers).send('')
  finish(ended(129))
  assert.equal(await child.exited, 129)
})

test('one that is read to its end is not sent any signal', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['true'], { terminal: true })
  terminalOf(peers).send('')
  assert.equal(await text(child.stdout), '')
  await until(() => child.stdout.closed)
  finish(ended(0))
  await child.exited
  await until(() => controlOf(peers).socket.destroyed)
  assert.deepEqual(controlOf(peers).texts, [])
})

test('ending the input of a terminal tells the server nothing', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['sh'], { terminal: true })
  const terminal = terminalOf(peers)
  child.stdin.end('exit\n')
  await until(() => child.stdin.writableFinished && terminal.frames.length > 0)
  terminal.send(Buffer.from('bye'))
  assert.equal(String(await readOnce(child.stdout)), 'bye')
  assert.deepEqual(
    terminal.frames.map(({ opcode, data }) => [opcode, String(data)]),
    [[OPCODES.binary, 'exit\n']],
  )
  terminal.send('')
  finish(ended(0))
  assert.equal(await child.exited, 0)
})

test('a command that was sent a signal does not wait for a reader any more', async t => {
  for (const terminal of [true, false]) {
    const { api, peers, finish } = await serveCommand(t)
    const child = await spawn(api.instances.c1, ['yes'], { terminal })
    const output = terminal ? terminalOf(peers) : peers.find(peer => nameOf(peer) === 'stdout')
    assert.ok(output)
    const bytes = 8 * 1024 * 1024
    output.send(Buffer.alloc(bytes))
    output.send('')
    await untilStill(() => output.socket.writableLength)
    assert.ok(output.socket.writableLength > 0)
    child.kill('SIGKILL')
    await until(() => output.socket.writableLength === 0 && child.stdout.readableLength === bytes)
    finish(ended(137))
    assert.equal(await child.exited, 137)
    assert.equal((await text(child.stdout)).length, bytes)
  }
})

function readOnce(stream: NodeJS.ReadableStream): Promise<unknown> {
  return new Promise(resolve => {
    stream.once('data', chunk => {
      stream.pause()
      resolve(chunk)
    })
  })
}
