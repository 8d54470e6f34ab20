import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { APIForbiddenException, APITimeoutException, instanceExec, instanceSpawn } from '../src/index.ts'
import { type Answer, failure, type Reply, sync, until } from './server.ts'
import { OPCODES, type Peer, servePeers } from './websocket-peer.ts'

const URL = '/1.0/operations/1'
const FDS = { 0: 'stdin', 1: 'stdout', 2: 'stderr', control: 'control' }

function started(): Reply {
  const metadata = { id: '1', class: 'websocket', status_code: 103, metadata: { fds: FDS } }
  return { status: 202, json: { type: 'async', status_code: 100, operation: URL, metadata } }
}

function ended(exitCode: number): Reply {
  return sync({
    id: '1',
    class: 'websocket',
    status: 'Success',
    status_code: 200,
    metadata: { return: exitCode },
  })
}

function nameOf({ request }: Peer): string | null {
  return new URLSearchParams(request.url?.split('?')[1]).get('secret')
}

// A command that runs until `finish` is called; `onPeer` is told of each of its websockets.
async function serveCommand(t: TestContext, onPeer?: (peer: Peer, finish: (reply: Reply) => void) => void) {
  let finish: (reply: Reply) => void = () => {}
  const end = new Promise<Reply>(resolve => {
    finish = resolve
  })
  const answer: Answer = ({ method }, response) => {
    if (method === 'POST') return started()
    void end.then(({ json }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    })
    return undefined
  }
  const served = await servePeers(t, peer => onPeer?.(peer, reply => finish(reply)), answer)
  return { ...served, finish: (reply: Reply) => finish(reply) }
}

test('the control is connected before all others, which a command waits for', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await instanceSpawn(api, 'c1', ['true'])
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
  assert.deepEqual(await instanceExec(api, 'c1', ['x']), { exitCode: 3, stdout: 'late', stderr: '' })
})

test('an input that is not given ends at once', async t => {
  const { api, peers } = await serveCommand(t, (peer, finish) => {
    if (nameOf(peer) === 'stdin') peer.socket.once('data', () => finish(ended(0)))
    else peer.send('')
  })
  await instanceExec(api, 'c1', ['cat'])
  assert.deepEqual(peers.find(peer => nameOf(peer) === 'stdin')?.texts, [''])
})

test('signals and sizes go over the control as the servers want them', async t => {
  const { api, peers, finish } = await serveCommand(t)
  const child = await instanceSpawn(api, 'c1', ['sh'], { terminal: { columns: 100, rows: 30 } })
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
  const child = await instanceSpawn(api, 'c 1', ['make', 'all'], options)
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
  const child = await instanceSpawn(api, 'c1', ['true'])
  finish(sync({ id: '1', class: 'websocket', status_code: 400, err: 'out of memory' }))
  await until(() => peers.every(({ socket }) => socket.destroyed))
  await assert.rejects(child.exited, { name: 'APIOperationException', error: 'out of memory' })
  assert.equal(child.stdout.errored?.message, child.stderr.errored?.message)
})

test('websockets that never open are an APITimeoutException', async t => {
  const { api, server } = await serveCommand(t)
  server.removeAllListeners('upgrade')
  server.on('upgrade', () => {})
  await assert.rejects(instanceExec(api.with({ timeout: 0.1 }), 'c1', ['true']), APITimeoutException)
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
  await assert.rejects(instanceExec(served.api, 'c1', ['true']), APIForbiddenException)
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
  const runs = Array.from({ length: 50 }, () => instanceExec(api, 'c1', ['true']))
  const ends = await Promise.allSettled(runs)
  assert.ok(ends.every(({ status }) => status === 'rejected'))
  assert.ok(most <= 8, `${most} at once`)
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
    await assert.rejects(instanceExec(api, 'c1', ['true'], options), { name: 'TypeError', message })
  assert.equal(received.length, 0)
})
