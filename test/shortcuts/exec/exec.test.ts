import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type APIException,
  APIForbiddenException,
  APITimeoutException,
  exec,
  spawn,
} from '../../../src/index.ts'
import { ENDED, ended, nameOf, serveCommand, startedCommand } from '../../servers/exec-server.ts'
import { failure, sync, until, untilStill } from '../../servers/server.ts'
import { OPCODES, type Peer, servePeers } from '../../servers/websocket-peer.ts'

test('the control is connected before all others, which a command waits for', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['true'])
  assert.equal(peers.length, 4)
  assert.equal(nameOf(peers[0] as Peer), 'control')
  finish(ended(0))
  for (const peer of peers) peer.close(1000)
  assert.equal(await child.exited, 0)
})

test('output that comes after the exit status is not lost', async t => {
  const { api } = await serveCommand(t, (peer, finish) => {
    if (nameOf(peer) === 'stderr') peer.send('')
    if (nameOf(peer) !== 'stdout') return
    finish(ended(3))
    setTimeout(() => {
      peer.send(Buffer.from('late'))
      peer.send('')
    }, 50)
  })
  assert.deepEqual(await exec(api.instances.c1, ['x']), { exitCode: 3, stdout: 'late', stderr: '' })
})

test('output that goes on for long after the exit status is waited for', async t => {
  const { api } = await serveCommand(t, (peer, finish) => {
    if (nameOf(peer) === 'stderr') peer.send('')
    if (nameOf(peer) !== 'stdout') return
    finish(ended(0))
    let sent = 0
    const timer = setInterval(() => {
      sent += 1
      peer.send(sent < 20 ? Buffer.from('x') : '')
      if (sent === 20) clearInterval(timer)
    }, 100)
  })
  const { stdout } = await exec(api.with({ idleTimeout: 1 }).instances.c1, ['x'])
  assert.equal(stdout, 'x'.repeat(19))
})

test('output that stops in the middle, though the exit status is known, is an APITimeoutException', async t => {
  for (const stalling of ['stdout', 'stderr']) {
    const { api } = await serveCommand(t, (peer, finish) => {
      if (nameOf(peer) === stalling) peer.send(Buffer.from('not all'))
      else peer.send('')
      if (nameOf(peer) === 'stderr') finish(ended(0))
    })
    const run = exec(api.with({ idleTimeout: 0.1 }).instances.c1, ['x'])
    await assert.rejects(run, (error: APIException) => {
      assert.ok(error instanceof APITimeoutException)
      assert.match(
        error.error,
        new RegExp(`has ended, but ${stalling} brought nothing for 0.1 s: it is incomplete`),
      )
      assert.doesNotMatch(error.message, new RegExp(`secret=${stalling}`))
      return true
    })
  }
})

test('an input that is not given ends at once', async t => {
  const { api, peers } = await serveCommand(t, (peer, finish) => {
    if (nameOf(peer) === 'stdin') peer.socket.once('data', () => finish(ended(0)))
    else peer.send('')
  })
  await exec(api.instances.c1, ['cat'])
  assert.deepEqual(peers.find(peer => nameOf(peer) === 'stdin')?.texts, [''])
})

test('an input that brings nothing any more does not outlive the command', async t => {
  const { api } = await serveCommand(t, (peer, finish) => {
    if (nameOf(peer) === 'stdin') peer.socket.once('data', () => finish(ended(0)))
    else peer.send('')
  })
  const input = async function* (): AsyncGenerator<string> {
    yield 'something'
    await new Promise(() => {})
  }
  assert.equal((await exec(api.instances.c1, ['head'], { input: input() })).exitCode, 0)
})

test('signals and sizes go over the control as the servers want them', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['sh'], { terminal: { columns: 100, rows: 30 } })
  assert.equal(child.stdin, child.stdout)
  assert.equal(child.kill('SIGUSR1'), true)
  assert.equal(child.kill(9), true)
  assert.equal(child.resize({ columns: 132, rows: 50 }), true)
  await until(() => peers[0]?.of(OPCODES.text).length === 3)
  assert.deepEqual(
    peers[0]?.texts.map(text => JSON.parse(text)),
    [
      { command: 'signal', signal: 10 },
      { command: 'signal', signal: 9 },
      { command: 'window-resize', args: { width: '132', height: '50' } },
    ],
  )
  assert.throws(() => child.kill('SIGNONE' as 'SIGTERM'), /no signal SIGNONE/)
  assert.throws(() => child.kill(0), TypeError)
  finish(ended(0))
  assert.equal(await child.exited, 0)
  assert.equal(child.kill(), false)
})

test('a command asks for what its options say', async t => {
  const { api, received, finish } = await serveCommand(t)
  const options = { environment: { A: 'b' }, cwd: '/srv', user: 1000, group: 1000, terminal: true }
  const child = await spawn(api.instances['c 1'], ['make', 'all'], options)
  assert.equal(received[0]?.url, '/1.0/instances/c%201/exec')
  assert.deepEqual(JSON.parse(String(received[0]?.body)), {
    command: ['make', 'all'],
    environment: { A: 'b' },
    cwd: '/srv',
    user: 1000,
    group: 1000,
    interactive: true,
    width: 80,
    height: 24,
    'wait-for-websocket': true,
  })
  finish(ended(0))
  await child.exited
})

test('an exit that nobody asks for is no unhandled rejection', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await spawn(api.instances.c1, ['true'])
  finish(sync({ id: '1', class: 'websocket', status_code: 400, err: 'out of memory' }))
  await until(() => peers.every(({ socket }) => socket.destroyed))
  await assert.rejects(child.exited, { name: 'APIOperationException', error: 'out of memory' })
  assert.equal(child.stdout.errored?.message, child.stderr.errored?.message)
})

test('websockets that never open are an APITimeoutException', async t => {
  const { api, server } = await serveCommand(t)
  server.removeAllListeners('upgrade')
  server.on('upgrade', () => {})
  await assert.rejects(exec(api.with({ idleTimeout: 0.1 }).instances.c1, ['true']), APITimeoutException)
})

test('a websocket that is refused is an exception, and leaves none of the others open', async t => {
  const served = await serveCommand(t)
  const [accept] = served.server.listeners('upgrade') as ((...args: unknown[]) => void)[]
  served.server.removeAllListeners('upgrade')
  served.server.on('upgrade', (request, socket, head) => {
    if (!request.url?.includes('stderr')) return accept?.(request, socket, head)
    const { json } = failure(403, 'not authorized')
    const body = JSON.stringify(json)
    const lines = [
      'HTTP/1.1 403 Forbidden',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ]
    return socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
  })
  await assert.rejects(exec(served.api.instances.c1, ['true']), APIForbiddenException)
  await until(() => served.peers.length === 3 && served.peers.every(({ socket }) => socket.destroyed))
})

test('no more than 8 commands of a server are just starting', async t => {
  let [open, most] = [0, 0]
  const { api } = await servePeers(t, undefined, ({ method }, response) => {
    if (method !== 'POST') return undefined
    open += 1
    most = Math.max(most, open)
    setImmediate(() => {
      open -= 1
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"type":"error","error":"no"}')
    })
    return undefined
  })
  const runs = Array.from({ length: 50 }, () => exec(api.instances.c1, ['true']))
  const ends = await Promise.allSettled(runs)
  assert.ok(ends.every(({ status }) => status === 'rejected'))
  assert.ok(most <= 8, `${most} at once`)
})

test('an abort is heard while a command waits for others to start', async t => {
  const { api, received } = await servePeers(t, undefined, () => undefined)
  const stop = new AbortController()
  t.after(() => stop.abort())
  const hung = Array.from({ length: 8 }, () => exec(api.instances.c1, ['true'], { signal: stop.signal }))
  for (const run of hung) run.catch(() => {})
  await until(() => received.length === 8)
  const reason = new Error('enough')
  const own = new AbortController()
  const ofPath = new AbortController()
  const waiting = [
    exec(api.instances.c1, ['true'], { signal: own.signal }),
    exec(api.with({ signal: ofPath.signal }).instances.c1, ['true'], { record: false }),
  ]
  for (const controller of [own, ofPath]) controller.abort(reason)
  for (const run of waiting) await assert.rejects(run, reason)
  assert.equal(received.length, 8)
})

test('a command whose turn an aborted one gave up is started', async t => {
  const answers: (() => void)[] = []
  const { api, received } = await servePeers(t, undefined, (_received, response) => {
    answers.push(() =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"type":"error"}'),
    )
    return undefined
  })
  const runs = Array.from({ length: 8 }, () => exec(api.instances.c1, ['true']))
  const controller = new AbortController()
  const aborted = exec(api.instances.c1, ['true'], { signal: controller.signal })
  const ends = Promise.allSettled([...runs, exec(api.instances.c1, ['true'])])
  await until(() => received.length === 8)
  controller.abort(new Error('enough'))
  await assert.rejects(aborted, /enough/)
  answers[0]?.()
  await until(() => received.length === 9)
  for (const answer of answers.slice(1)) answer()
  for (const { status } of await ends) assert.equal(status, 'rejected')
})

test('close() waits for a command to end and for its output, and kills what was spawned', async t => {
  const { api, root, peers, finish } = await serveCommand(t)
  const run = exec(api.instances.c1, ['make'])
  await until(() => peers.length === 4)
  const closing = root.close()
  // There is no input, so that its websocket ends at once.
  const others = peers.filter(peer => nameOf(peer) !== 'stdin')
  await untilStill(() => others.filter(({ socket }) => socket.destroyed).length)
  for (const peer of others)
    assert.deepEqual([peer.socket.destroyed, peer.of(OPCODES.close).length], [false, 0])
  for (const peer of others) {
    if (nameOf(peer) === 'stdout') peer.send(Buffer.from('all'))
    if (nameOf(peer) !== 'control') peer.send('')
  }
  finish(ended(0))
  assert.deepEqual(await run, { exitCode: 0, stdout: 'all', stderr: '' })
  await closing
  const spawned = await serveCommand(t)
  const child = await spawn(spawned.api.instances.c1, ['make'])
  child.exited.catch(() => {})
  const closingAll = spawned.root.close()
  await until(() => spawned.peers.every(({ socket }) => socket.destroyed))
  spawned.finish(ended(137))
  await closingAll
  assert.equal(await child.exited, 137)
})

test('close() waits for a recorded command and until its output is fetched and deleted', async t => {
  let finish = (): void => {}
  const output = { 1: '/1.0/instances/c1/logs/exec-output/1', 2: '/1.0/instances/c1/logs/exec-output/2' }
  const { api, root, received } = await servePeers(t, undefined, ({ method, url }, response) => {
    if (method === 'POST') return startedCommand()
    if (url.includes('/wait')) {
      const { json } = sync({ ...ENDED, metadata: { return: 0, output } })
      finish = () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json))
      }
      return undefined
    }
    const headers = { 'content-type': 'application/octet-stream' }
    return method === 'GET' ? { headers, body: url.at(-1) } : sync(null)
  })
  const run = exec(api.instances.c1, ['make'], { record: true })
  await until(() => received.some(({ url }) => url.includes('/wait')))
  const closing = root.close()
  finish()
  assert.deepEqual(await run, { exitCode: 0, stdout: '1', stderr: '2' })
  await closing
  assert.equal(received.filter(({ method }) => method === 'DELETE').length, 2)
})

test('what can not be is refused before anything is sent', async t => {
  const { api, received } = await serveCommand(t)
  const wrong: [object, RegExp][] = [
    [{ encoding: 'latin1' }, /encoding must be/],
    [{ record: true, input: 'x' }, /record exclude each other/],
    [{ env: {} }, /unknown option 'env'/],
    // JSON has null for the first, which is root.
    [{ user: Number.NaN }, /user must be an integer/],
    [{ user: -1 }, /user must be an integer/],
    [{ group: 1.5 }, /group must be an integer/],
    [{ group: 2 ** 32, record: true }, /group must be an integer/],
  ]
  for (const [options, message] of wrong)
    await assert.rejects(exec(api.instances.c1, ['true'], options), { name: 'TypeError', message })
  assert.equal(received.length, 0)
})
