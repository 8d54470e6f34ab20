import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { basename } from 'node:path'
import type { Duplex } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { API, APIPortException, connect, exec, forward, stop } from '../../src/index.ts'
import { missingReason } from '../daemon/needs.ts'
import { containerProcesses } from '../daemon/processes.ts'
import { PORTS, startListeners } from './listeners.ts'
import { startContainer } from './live-container.ts'
import { before, describe, it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const SIZE = 4 * 1024 * 1024
const REQUESTS = 60
const AT_ONCE = 50

// The programs that connect() finds: those of the container, or those of this machine in /usr, which is mounted there. The
// shell of BusyBox finds its own nc everywhere.
const WAYS: Readonly<Record<string, readonly string[]>> = {
  'nc of BusyBox': ['/bin/sh', '/bin/nc'],
  socat: ['/usr/bin/dash', '/usr/bin/socat'],
  'bash and perl': ['/usr/bin/dash', '/usr/bin/cat', '/usr/bin/bash', '/usr/bin/perl'],
  'bash and python3': ['/usr/bin/dash', '/usr/bin/cat', '/usr/bin/bash', '/usr/bin/python3'],
  'bash alone': ['/usr/bin/dash', '/usr/bin/cat', '/usr/bin/bash'],
  python3: ['/usr/bin/dash', '/usr/bin/python3'],
  'nc of OpenBSD': ['/usr/bin/dash', '/usr/bin/nc.openbsd'],
}

describeOnServers(
  'connect() and forward()',
  running => {
    const c1 = () => running().api['1.0'].instances.c1
    let content: Buffer

    before(async () => {
      await startContainer(running().api, 'c1', running().image)
      content = await startListeners(c1(), SIZE)
    })

    it('connect() gives a connection for an HTTP request', async () => {
      const connection = await connect(c1(), { port: PORTS.http })
      const sent = request({ path: '/random', createConnection: () => connection }).end()
      const [response] = await once(sent, 'response')
      assert.ok((await buffer(response)).equals(content))
      await untilClosed(connection)
    })

    it(`forward() loses none of ${REQUESTS} requests, ${AT_ONCE} at once, and leaves nothing behind`, async () => {
      const programs = runningPrograms()
      {
        await using web = await forward(c1(), PORTS.http)
        await atOnce(AT_ONCE, REQUESTS, async () => {
          assert.equal(await (await fetch(`${web.url}/small`)).text(), 'small')
        })
        const idle = connectTcp(web.port, '127.0.0.1').on('error', () => {})
        await until(() => runningPrograms().length > programs.length)
        idle.on('close', () => {})
      }
      // A program that was just being started takes a moment to end.
      await until(() => runningPrograms().length <= programs.length)
      assert.deepEqual(runningPrograms(), programs)
      await untilNoOperations()
    })

    it('forward() passes bytes and ends on, in both directions', async () => {
      await using hash = await forward(c1(), PORTS.hashAtEnd)
      const client = connectTcp({ port: hash.port, host: '127.0.0.1', allowHalfOpen: true })
      client.end(content)
      assert.equal(await text(client), `${sha256(content)}  -\n`)
      await using greeting = await forward(c1(), PORTS.greet)
      assert.equal(await text(connectTcp(greeting.port, '127.0.0.1')), 'hello\n')
    })

    it('there is backpressure: who does not read stops who sends', async () => {
      const connection = await connect(c1(), { port: PORTS.http })
      connection.write('GET /random HTTP/1.0\r\n\r\n')
      await once(connection, 'readable')
      await until(() => connection.readableLength >= connection.readableHighWaterMark)
      await delay(0)
      assert.ok(connection.readableLength < SIZE / 4)
      const answer = await buffer(connection)
      assert.ok(answer.subarray(-SIZE).equals(content))
    })

    it('a port where nothing listens is an exception, and a reset to the client of a forwarding', async () => {
      await assert.rejects(connect(c1(), { port: PORTS.refused }), isRefused)
      await assert.rejects(connect(c1(), { port: PORTS.refused, address: '::1' }), isRefused)
      const errors: unknown[] = []
      const options = { onError: (error: unknown) => errors.push(error) }
      await using refused = await forward(c1(), PORTS.refused, options)
      const client = connectTcp(refused.port, '127.0.0.1')
      await assert.rejects(text(client), { code: 'ECONNRESET' })
      await until(() => errors.length > 0)
      assert.ok(errors.every(isRefused))
    })

    it('an abort ends the connection and what runs for it in the instance, and a forwarding', async () => {
      const programs = runningPrograms()
      const controller = new AbortController()
      const { signal } = controller
      const connection = await connect(c1(), { port: PORTS.echo, signal })
      const web = await forward(c1(), PORTS.echo, { signal })
      const client = connectTcp(web.port, '127.0.0.1').on('error', () => {})
      client.write('x')
      await once(client, 'data')
      const reason = new Error('enough')
      controller.abort(reason)
      await assert.rejects(text(connection), reason)
      await untilClosed(client)
      await until(() => runningPrograms().length === programs.length)
      await untilNoOperations()
    })

    it('closing the API ends its forwardings and connections', async () => {
      const api = API.factory(running().daemon.connection)
      const web = await forward(api['1.0'].instances.c1, PORTS.echo)
      const connection = await connect(api['1.0'].instances.c1, { port: PORTS.echo })
      await api.close()
      await untilClosed(connection)
      await assert.rejects(once(connectTcp(web.port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })
      await untilNoOperations()
    })

    it('connections that are open and idle end with an error when the instance stops', async () => {
      await startContainer(running().api, 'c2', running().image)
      const { c2 } = running().api['1.0'].instances
      await startListeners(c2, 1)
      const connections = await Promise.all([1, 2, 3].map(() => connect(c2, { port: PORTS.echo })))
      const ends = connections.map(connection =>
        assert.rejects(text(connection), { name: 'APIPortException', code: 'ECONNRESET' }),
      )
      await using echo = await forward(c2, PORTS.echo)
      const client = connectTcp(echo.port, '127.0.0.1')
      client.write('x')
      await once(client, 'data')
      const reset = assert.rejects(text(client), { code: 'ECONNRESET' })
      await stop(c2, { force: true })
      await Promise.all([...ends, reset])
      await assert.rejects(connect(c2, { port: PORTS.echo }), /not running/)
    })

    describe('with the programs of an instance', { skip: missingReason('tcp') }, () => {
      before(async () => {
        await startContainer(running().api, 'c3', running().image, hostFolders())
        await startListeners(c3(), 1)
      })
      const c3 = () => running().api['1.0'].instances.path('c3')

      for (const [way, programs] of Object.entries(WAYS)) {
        it(`connect() goes by ${way}`, async () => {
          const instance = await givePrograms(programs)
          const echo = await connect(instance, { port: PORTS.echo })
          await sendBoth(echo, content)
          echo.destroy()
          await untilClosed(echo)
          await checkEnds(instance, way)
          await assert.rejects(connect(instance, { port: PORTS.refused }), isRefused)
          await until(() => !runningPrograms().some(program => program.includes('127.0.0.1')))
        })
      }

      it('an instance without a program is told what was tried, also one without sh', async () => {
        const bare = await givePrograms(['/usr/bin/dash', '/usr/bin/bash', '/bin/cat'])
        await assert.rejects(
          connect(bare, { port: 80 }),
          /the instance has no program to connect with: one of socat, nc, bash, python3/,
        )
        const shellless = await givePrograms(['/usr/bin/socat'])
        await assert.rejects(
          forward(shellless, 80),
          /the instance has no sh, .*: one of socat, nc, bash, python3/,
        )
      })

      // The instance with these programs in its PATH, seen by a client that has not looked for them before.
      async function givePrograms(programs: readonly string[]) {
        const links = programs.map(program => `/bin/ln -s ${program} /programs/${nameOf(program)}`)
        const script = ['/bin/rm -rf /programs', '/bin/mkdir /programs', ...links].join(' && ')
        await exec(c3(), ['/bin/sh', '-c', script])
        await c3()
          .patch({ config: { 'environment.PATH': '/programs' } })
          .wait()
        return API.factory(running().daemon.connection)['1.0'].instances.path('c3')
      }
    })

    async function checkEnds(instance: Parameters<typeof connect>[0], way: string): Promise<void> {
      const hash = await connect(instance, { port: PORTS.hashAtEnd })
      hash.end('abc')
      if (way === 'bash alone') await assert.rejects(text(hash), APIPortException)
      else assert.equal(await text(hash), `${sha256(Buffer.from('abc'))}  -\n`)
      const greeting = await connect(instance, { port: PORTS.greet })
      if (way === 'nc of OpenBSD') greeting.end()
      assert.equal(await text(greeting), 'hello\n')
      await untilClosed(greeting)
    }

    function runningPrograms(): string[] {
      return containerProcesses([running().daemon.dir])
        .map(({ command }) => command)
        .toSorted()
    }

    async function untilNoOperations(): Promise<void> {
      await until(async () => {
        const { metadata } = await running().api['1.0'].operations.get({ query: { recursion: 1 } })
        return !Object.values(metadata)
          .flat()
          .some(one => one.status_code === 103)
      })
    }
  },
  serversOverSocket(),
)

function isRefused(error: unknown): boolean {
  assert.ok(error instanceof APIPortException, String(error))
  assert.equal(error.code, 'ECONNREFUSED')
  assert.match(error.error, /:84 in the instance: nothing listens there$/)
  return true
}

function hostFolders(): Record<string, Record<string, string>> {
  const disk = (path: string): Record<string, string> => ({
    type: 'disk',
    source: `/usr${path.replace('/usr', '')}`,
    path,
    readonly: 'true',
  })
  return { usr: disk('/usr'), lib: disk('/lib'), lib64: disk('/lib64') }
}

const NAMES: Readonly<Record<string, string>> = { dash: 'sh', 'nc.openbsd': 'nc' }

function nameOf(program: string): string {
  const name = basename(program)
  return NAMES[name] ?? name
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Sends bytes to a port that sends them back. */
async function sendBoth(echo: Duplex, bytes: Buffer): Promise<void> {
  echo.write(bytes)
  let received = 0
  const chunks: Buffer[] = []
  for await (const chunk of echo.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk)
    received += chunk.length
    if (received >= bytes.length) break
  }
  assert.ok(Buffer.concat(chunks).equals(bytes))
}

async function untilClosed(stream: Duplex): Promise<void> {
  if (!stream.closed) await new Promise(resolve => stream.once('close', resolve))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (await condition()) return
    await delay(10)
  }
  assert.fail(`never came true: ${condition}`)
}

async function atOnce(limit: number, times: number, run: () => Promise<void>): Promise<void> {
  let left = times
  const lane = async (): Promise<void> => {
    while (left-- > 0) await run()
  }
  await Promise.all(Array.from({ length: limit }, lane))
}
