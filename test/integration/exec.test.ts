import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import {
  API,
  APIConnectionException,
  APIException,
  APIOperationException,
  exec,
  type InstanceProcess,
  spawn,
} from '../../src/index.ts'
import { processes } from '../daemon/processes.ts'
import { startContainer } from './live-container.ts'
import { before, it } from './node-test.ts'
import { openConnections } from './open-connections.ts'
import { describeOnServers, startServer } from './servers.ts'

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1500; turn++) {
    if (condition()) return
    await delay(20)
  }
  assert.fail(`never came true: ${condition}`)
}

// At most `lanes` at a time, as a script would that does not want to be a burden.
async function inLanes(lanes: number, times: number, run: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < times) await run(next++)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

describeOnServers('exec', (running, server) => {
  // TLS makes each of them slower, and no difference to what is tested.
  const count = server.label.endsWith('socket') ? 200 : 50

  before(() => startContainer(running().api, 'c1', running().image))
  const shell = (script: string) => exec(running().api['1.0'].instances.c1, ['sh', '-c', script])

  it('gives back what a command wrote and its exit status', async () => {
    assert.deepEqual(await shell('echo out; echo err >&2; exit 7'), {
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    assert.equal((await shell('true')).exitCode, 0)
  })

  it('tells an exit status of 127 from a command that is not there', async () => {
    const { api } = running()
    assert.deepEqual(await shell('echo out; nonexistent'), {
      exitCode: 127,
      stdout: 'out\n',
      stderr: 'sh: nonexistent: not found\n',
    })
    assert.equal((await shell('exit 127')).exitCode, 127)
    assert.equal((await shell('exit 126')).exitCode, 126)
    for (const [command, error] of [
      ['nonexistent', 'Command not found'],
      ['/bin/nonexistent', 'Command not found'],
      ['/etc/passwd', 'Command not executable'],
    ] as const) {
      await assert.rejects(exec(api['1.0'].instances.c1, [command]), { name: 'APIOperationException', error })
    }
  })

  it(`loses no byte of ${count} commands that write and exit at once`, async () => {
    await inLanes(4, count, async n => {
      const { exitCode, stdout, stderr } = await shell(`echo ${n}; echo error ${n} >&2`)
      assert.deepEqual([exitCode, stdout, stderr], [0, `${n}\n`, `error ${n}\n`])
    })
  })

  it('runs 100 commands at once', async () => {
    const runs = Array.from({ length: 100 }, (_, n) =>
      exec(running().api['1.0'].instances.c1, ['echo', String(n)]),
    )
    const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout)
    assert.deepEqual(
      outputs,
      outputs.map((_, n) => `${n}\n`),
    )
  })

  it('passes every byte value through, in and out', async () => {
    const input = Buffer.from(Array.from({ length: 256 * 1024 }, (_, n) => n % 256))
    const { stdout } = await exec(running().api['1.0'].instances.c1, ['cat'], { input, encoding: 'buffer' })
    assert.ok(stdout.equals(input))
  })

  it('takes text, bytes, streams and iterables as input', async () => {
    const pieces = async function* (): AsyncGenerator<string> {
      yield 'some '
      yield 'input'
    }
    for (const input of [
      'some input',
      Buffer.from('some input'),
      Readable.from(['some ', 'input']),
      pieces(),
    ]) {
      assert.equal((await exec(running().api['1.0'].instances.c1, ['cat'], { input })).stdout, 'some input')
    }
  })

  it('does not mind a command that leaves its input unread', async () => {
    const { api } = running()
    const input = Buffer.alloc(5_000_000)
    assert.equal((await exec(api['1.0'].instances.c1, ['true'], { input })).exitCode, 0)
    const endless = Readable.from(
      (function* () {
        for (;;) yield input
      })(),
    )
    const { stdout } = await exec(api['1.0'].instances.c1, ['head', '-c', '3'], {
      input: endless,
      encoding: 'buffer',
    })
    assert.deepEqual(stdout, Buffer.alloc(3))
    assert.ok(endless.destroyed)
  })

  it('kills the command when its input fails, and rejects with that', async () => {
    const error = new Error('no more')
    const input = async function* (): AsyncGenerator<string> {
      yield 'some '
      throw error
    }
    await assert.rejects(
      exec(running().api['1.0'].instances.c1, ['sh', '-c', 'cat; sleep 987'], { input: input() }),
      error,
    )
    await until(() => !isRunning('sleep 987'))
  })

  it('sets user, group, folder and environment', async () => {
    const options = { user: 1000, group: 1000, cwd: '/var', environment: { GREETING: 'hello' } }
    const { stdout } = await exec(
      running().api['1.0'].instances.c1,
      ['sh', '-c', 'id -u; id -g; pwd; echo $GREETING'],
      options,
    )
    assert.equal(stdout, '1000\n1000\n/var\nhello\n')
  })

  it('tells the signal that ended a command', async () => {
    const sleep = await spawn(running().api['1.0'].instances.c1, ['sleep', '986'])
    await until(() => isRunning('sleep 986'))
    assert.equal(sleep.kill(), true)
    assert.equal(await sleep.exited, 143)
    assert.equal(sleep.kill(), false)
    assert.equal((await shell('kill -9 $$')).exitCode, 137)
  })

  it('passes a signal on to a command that handles it', async () => {
    const script = 'trap "echo caught; exit 5" USR1; echo ready; while true; do sleep 0.05; done'
    const child = await spawn(running().api['1.0'].instances.c1, ['sh', '-c', script])
    let output = ''
    for await (const chunk of child.stdout) {
      output += chunk
      if (output === 'ready\n') child.kill('SIGUSR1')
    }
    assert.equal(output, 'ready\ncaught\n')
    assert.equal(await child.exited, 5)
  })

  it('gives a command a terminal that can be resized', async () => {
    const script = 'stty size; read x; stty size; sleep 0.2'
    const terminal = { columns: 100, rows: 30 }
    const child = await spawn(running().api['1.0'].instances.c1, ['sh', '-c', script], { terminal })
    let output = ''
    for await (const chunk of child.stdout) {
      output += chunk
      if (output !== '30 100\r\n') continue
      assert.equal(child.resize({ columns: 132, rows: 50 }), true)
      // The size has no answer; the terminal's own echo comes back no sooner than its input was taken.
      await untilSize('50 132')
      child.stdin.write('\n')
    }
    assert.equal(output, '30 100\r\n\r\n50 132\r\n')
    assert.equal(await child.exited, 0)
    assert.equal(await text(child.stderr), '')
  })

  // The size of the terminal that the reading shell has.
  async function untilSize(size: string): Promise<void> {
    const script = 'for p in /proc/[0-9]*; do [ -t 0 ] < $p/fd/0 2>/dev/null && stty size < $p/fd/0; done'
    for (let turn = 0; turn < 300; turn++) if ((await shell(script)).stdout.includes(size)) return
    assert.fail(`no terminal has the size ${size}`)
  }

  it('kills the command in the container when it is aborted', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const reason = new Error('enough')
    const run = exec(running().api['1.0'].instances.c1, ['sleep', '985'], { signal })
    await until(() => isRunning('sleep 985'))
    controller.abort(reason)
    await assert.rejects(run, reason)
    await until(() => !isRunning('sleep 985'))
  })

  it('destroys the streams of a spawned command that is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const child = await spawn(running().api['1.0'].instances.c1, ['sleep', '984'], {
      signal: controller.signal,
    })
    const reading = text(child.stdout)
    controller.abort(reason)
    await assert.rejects(reading, reason)
    await assert.rejects(child.exited, reason)
    await until(() => !isRunning('sleep 984'))
  })

  it('ends the command that is aborted and nothing else, though nobody listens for errors', async () => {
    for (const terminal of [false, true]) {
      const controller = new AbortController()
      const reason = new Error('enough')
      const options = { terminal, signal: controller.signal }
      const script = 'while true; do echo x; sleep 0.01; done; sleep 980'
      const [listened, piped] = await Promise.all([
        spawn(running().api['1.0'].instances.c1, ['sh', '-c', script], options),
        spawn(running().api['1.0'].instances.c1, ['sh', '-c', script], options),
      ])
      const target = new PassThrough()
      piped.stdout.pipe(target)
      await Promise.all([once(listened.stdout, 'data'), once(target, 'data')])
      controller.abort(reason)
      for (const child of [listened, piped]) {
        await assert.rejects(child.exited, reason)
        await until(() => child.stdout.closed)
        assert.equal(child.stdout.errored, reason)
      }
    }
    await until(() => !processes().some(one => one.command.includes('sleep 980')))
  })

  it('leaves no operation of terminals that were aborted at once, while they started, or left', async () => {
    const { api } = running()
    const leave = async (child: InstanceProcess): Promise<void> => {
      for await (const _ of child.stdout) break
      assert.equal(await child.exited, 129)
    }
    for (let round = 0; round < 5; round++) {
      const controller = new AbortController()
      const options = { terminal: true, signal: controller.signal }
      const start = (): Promise<InstanceProcess> => spawn(api['1.0'].instances.c1, ['sh'], options)
      const children = await Promise.all(Array.from({ length: 12 }, start))
      const starting = Array.from({ length: 4 }, start)
      controller.abort(new Error('enough'))
      for (const run of [...children.map(({ exited }) => exited), ...starting])
        await assert.rejects(run, /enough/)
      const left = Array.from({ length: 4 }, () => spawn(api['1.0'].instances.c1, ['sh'], { terminal: true }))
      for (const child of await Promise.all(left)) await leave(child)
    }
    await untilNoOperations()
  })

  async function untilNoOperations(): Promise<void> {
    const list = () => running().api['1.0'].operations.get({ query: { recursion: 1 } })
    for (let turn = 0; turn < 500; turn++) {
      // Without any, servers have an empty object here.
      const operations = Object.values((await list()).metadata).flat()
      if (!operations.some(one => one.status_code === 103)) return
      await delay(20)
    }
    assert.fail('there are operations that never end')
  }

  it('tells the end of a command whose terminal nobody reads, and keeps what it wrote', async () => {
    const { api } = running()
    const ended = await spawn(api['1.0'].instances.c1, ['sh', '-c', 'echo hello; sleep 0.2'], {
      terminal: true,
    })
    assert.equal(await ended.exited, 0)
    assert.equal(await text(ended.stdout), 'hello\r\n')
    for (const terminal of [true, false]) {
      const killed = await spawn(api['1.0'].instances.c1, ['yes', 'always'], { terminal })
      // It has to wait for a reader.
      await until(() => killed.stdout.readableLength >= killed.stdout.readableHighWaterMark)
      assert.equal(killed.kill('SIGKILL'), true)
      assert.equal(await killed.exited, 137)
      assert.match(await text(killed.stdout), /^always\r?\n/)
    }
  })

  it('loses nothing of the output of a terminal whose input is ended', async () => {
    const child = await spawn(running().api['1.0'].instances.c1, ['sh'], { terminal: true })
    child.stdin.end('echo $((6*7)); sleep 0.2; exit 3\n')
    assert.match(await text(child.stdout), /^42\r$/m)
    assert.equal(await child.exited, 3)
  })

  it('runs to its end though the API is closed meanwhile, recorded or not', async () => {
    for (const record of [false, true]) {
      const api = API.factory(running().daemon.connection)
      const run = exec(api['1.0'].instances.c1, ['sh', '-c', 'sleep 0.979; echo done'], { record })
      await until(() => isRunning('sleep 0.979'))
      await api.close()
      assert.deepEqual(await run, { exitCode: 0, stdout: 'done\n', stderr: '' })
    }
  })

  it('starts nothing with a signal that is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(exec(running().api['1.0'].instances.c1, ['sleep', '983'], { signal }), /enough/)
    assert.equal(isRunning('sleep 983'), false)
  })

  it('fetches recorded output, and deletes it on the server', async () => {
    const { api } = running()
    const command = ['sh', '-c', 'echo out; echo err >&2; exit 3']
    assert.deepEqual(await exec(api['1.0'].instances.c1, command, { record: true }), {
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    const { metadata } = await api['1.0'].instances.path('c1', 'logs').get()
    assert.deepEqual(
      metadata.filter((url: string) => url.includes('exec_')),
      [],
    )
    await assert.rejects(exec(api['1.0'].instances.c1, command, { record: true, input: 'x' }), TypeError)
  })

  it('rejects where the instance does not run, and where there is none', async () => {
    const { api, image } = running()
    await api['1.0']
      .path('instances')
      .post({ name: 'idle', source: { type: 'image', fingerprint: image } })
      .wait()
    await assert.rejects(exec(api['1.0'].instances.idle, ['true']), (error: APIException) => {
      assert.ok(error instanceof APIException)
      assert.match(error.error, /not running/)
      return true
    })
    await assert.rejects(exec(api['1.0'].instances.nobody, ['true']), { name: 'APINotFoundException' })
  })

  it('rejects where the secret is refused', async () => {
    const api = running().api['1.0']
    const body = { command: ['true'], 'wait-for-websocket': true }
    const started = await api.path('instances', 'c1', 'exec').post(body)
    const socket = api.path('operations', started.metadata.id, 'websocket')
    await assert.rejects(socket.websocket({ query: { secret: 'wrong' } }), (error: APIException) => {
      assert.match(error.error, /permission denied|[Ff]orbidden/)
      return error instanceof APIException
    })
    await assert.rejects(started.wait(), APIOperationException)
  })

  it('shows each websocket once in the trace, without its secret', async t => {
    const lines: string[] = []
    t.mock.method(process.stderr, 'write', (line: string) => lines.push(line))
    const api = API.factory({ ...running().daemon.connection, debug: true })
    await exec(api['1.0'].instances.c1, ['true'])
    await api.close()
    const sockets = lines.join('').match(/GET \S+\/websocket\?secret=\S+ HTTP\/\d+/g) ?? []
    assert.equal(sockets.length, 4)
    assert.ok(sockets.every(line => line.endsWith('?secret=*** HTTP/101')))
    assert.doesNotMatch(lines.join(''), /[0-9a-f]{64}/)
  })

  it('leaves no connection, and complains of no leak', async t => {
    const warnings: unknown[] = []
    const listen = (warning: unknown): unknown => warnings.push(warning)
    process.on('warning', listen)
    t.after(() => process.off('warning', listen))
    const { api } = running()
    const { signal } = new AbortController()
    for (let n = 0; n < 15; n++) await exec(api['1.0'].instances.c1, ['echo', 'x'], { signal })
    await until(() => openConnections() <= 10)
    assert.deepEqual(warnings, [])
  })

  it('rejects when the daemon is killed in the middle', async () => {
    const own = await startServer(server)
    try {
      await startContainer(own.api, 'c1', own.image)
      const run = exec(own.api['1.0'].instances.c1, ['sh', '-c', 'echo begun; sleep 982'])
      const child = await spawn(own.api['1.0'].instances.c1, ['sleep', '981'])
      const gone = assert.rejects(run, APIConnectionException)
      await until(() => isRunning('sleep 982') && isRunning('sleep 981'))
      await own.daemon.kill()
      await gone
      await assert.rejects(child.exited, APIConnectionException)
    } finally {
      await own.api.close()
      await own.daemon.stop()
    }
  })
})

function isRunning(command: string): boolean {
  return processes().some(one => one.command.trimEnd() === command)
}
