import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { addSignal, onAbort } from '../../src/common/abort.ts'
import { SUCCESS, serveOperation } from '../servers/operation-server.ts'
import { serve, sync } from '../servers/server.ts'
import { servePeers } from '../servers/websocket-peer.ts'

// How many entries a signal has, of whatever kind: listeners, and in Node.js 20 all signals it was ever joined to.
function entriesOf(signal: AbortSignal): number {
  const sizes = Object.getOwnPropertySymbols(signal).map(symbol => Reflect.get(signal, symbol)?.size ?? 0)
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < times; n += 20) await Promise.all(Array.from({ length: 20 }, act))
}

test('onAbort() calls each back once, with the reason of the first that is aborted', () => {
  for (const first of [0, 1]) {
    const controllers = [new AbortController(), new AbortController()] as const
    const reasons: unknown[] = []
    const signals = controllers.map(({ signal }) => signal)
    for (const who of ['one', 'other']) onAbort(signals, reason => reasons.push(`${who}: ${reason}`))
    controllers.at(first)?.abort('first')
    controllers.at(1 - first)?.abort('second')
    assert.deepEqual(reasons, ['one: first', 'other: first'])
  }
})

test('onAbort() calls back at once where one is aborted already, and never once it is told to forget', () => {
  const controllers = [new AbortController(), new AbortController()] as const
  const signals = controllers.map(({ signal }) => signal)
  const reasons: unknown[] = []
  onAbort(signals, reason => reasons.push(reason))()
  controllers[1].abort('enough')
  assert.equal(reasons.length, 0)
  onAbort(signals, reason => reasons.push(reason))
  controllers[0].abort('more')
  assert.deepEqual(reasons, ['enough'])
})

test('addSignal() makes nothing new where there is but one', () => {
  const { signal } = new AbortController()
  const signals = addSignal(undefined, signal)
  assert.deepEqual(signals, [signal])
  assert.equal(addSignal(signals, undefined), signals)
  assert.equal(addSignal(signals, signal), signals)
  assert.equal(addSignal(undefined, undefined), undefined)
})

test('a call is aborted by the signal of its path and by its own, with its reason', async t => {
  const { api } = await serve(t, () => undefined)
  for (const which of [0, 1]) {
    const controllers = [new AbortController(), new AbortController()] as const
    const call = api.with({ signal: controllers[0].signal }).get({ signal: controllers[1].signal })
    const reason = new Error('enough')
    controllers.at(which)?.abort(reason)
    await assert.rejects(call, reason)
  }
})

test('a signal of a path keeps nothing of 10,000 calls with a signal each', async t => {
  const { api } = await serve(t, sync(null))
  const { signal } = new AbortController()
  const path = api.with({ signal })
  await repeat(10_000, () => path.get({ signal: new AbortController().signal }))
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  assert.equal(entriesOf(signal), 0)
})

test('a signal keeps nothing of 1,000 waits with a timeout each', async t => {
  const { start } = await serveOperation(t, { waits: Array.from({ length: 1_000 }, () => SUCCESS) })
  const { signal } = new AbortController()
  await repeat(1_000, () => start().wait({ signal, timeout: 60 }))
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  assert.equal(entriesOf(signal), 0)
})

test('100 websockets on one signal are no leak to warn of, and leave no listener', async t => {
  const warnings: unknown[] = []
  const listen = (warning: unknown): unknown => warnings.push(warning)
  process.on('warning', listen)
  t.after(() => process.off('warning', listen))
  const { api } = await servePeers(t)
  const [inherited, given] = [new AbortController().signal, new AbortController().signal]
  const path = api.with({ signal: inherited }).path('events')
  const sockets = await Promise.all(Array.from({ length: 100 }, () => path.websocket({ signal: given })))
  for (const socket of sockets) socket.terminate()
  await Promise.all(sockets.map(({ closed }) => closed))
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(warnings, [])
  for (const signal of [inherited, given]) assert.equal(getEventListeners(signal, 'abort').length, 0)
})
