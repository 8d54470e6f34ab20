import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type API, attachConsole, type InstanceConsole } from '../../../src/index.ts'
import { nameOf, serveCommand } from '../../servers/exec-server.ts'
import { until, untilStill } from '../../servers/server.ts'
import { OPCODES, type Peer } from '../../servers/websocket-peer.ts'

// LXD 5.0 panics when the control of a console is closed while it writes to the other websocket.
const ENDS = {
  'is detached': ({ attached }: Attached) => attached.detach(),
  'is aborted': ({ controller }: Attached) => controller.abort(new Error('enough')),
  'is left by an API that is closed': ({ root }: Attached) => void root.close(),
  'is ended by the server': ({ data }: Attached) => data.send(''),
}

interface Attached {
  readonly root: API
  readonly attached: InstanceConsole
  readonly controller: AbortController
  readonly data: Peer
}

for (const [end, act] of Object.entries(ENDS)) {
  test(`a console that ${end} closes its control once the server has closed the data`, async t => {
    const { api, root, peers } = await serveCommand(t)
    const controller = new AbortController()
    const attached = await attachConsole(api.instances.c1, { signal: controller.signal })
    attached.stream.resume()
    const [data, control] = [named(peers, 'stdin'), named(peers, 'control')]
    act({ root, attached, controller, data })
    await until(() => data.of(OPCODES.close).length === 1)
    data.send(Buffer.from('what the server was still writing'))
    await untilStill(() => control.frames.length)
    assert.deepEqual([control.frames.length, control.socket.readableEnded], [0, false])
    data.sendFrame(OPCODES.close)
    await until(() => control.socket.destroyed && data.socket.destroyed)
  })
}

test('an abort while a console is being attached rejects at once; it is attached and then detached', async t => {
  const { api, peers, server } = await serveCommand(t)
  const [accept] = server.listeners('upgrade') as ((...args: unknown[]) => void)[]
  server.removeAllListeners('upgrade')
  const waiting: (() => void)[] = []
  server.on('upgrade', (...args) => waiting.push(() => accept?.(...args)))
  const controller = new AbortController()
  const attaching = attachConsole(api.instances.c1, { signal: controller.signal })
  await until(() => waiting.length === 1)
  controller.abort(new Error('enough'))
  await assert.rejects(attaching, /enough/)
  waiting.shift()?.()
  await until(() => waiting.length === 1)
  waiting.shift()?.()
  const data = named(peers, 'stdin')
  await until(() => data.of(OPCODES.close).length === 1)
  data.sendFrame(OPCODES.close)
  await until(() => peers.every(({ socket }) => socket.destroyed))
})

test('a size that is none is refused before anything is sent', async t => {
  const { api, received } = await serveCommand(t)
  const size = { columns: 80, rows: -1 }
  await assert.rejects(attachConsole(api.instances.c1, { size }), /rows must be an integer from 0 to 65535/)
  assert.equal(received.length, 0)
})

function named(peers: readonly Peer[], name: string): Peer {
  const peer = peers.find(one => nameOf(one) === name)
  assert.ok(peer)
  return peer
}
