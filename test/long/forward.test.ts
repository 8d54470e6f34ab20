import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { connect, exec, forward, type InstanceConnection } from '../../src/index.ts'
import { containerProcesses } from '../daemon/processes.ts'
import { PORTS, startListeners } from '../integration/listeners.ts'
import { startContainer } from '../integration/live-container.ts'
import { before, it } from '../integration/node-test.ts'
import { describeOnServers, serversOverSocket } from '../integration/servers.ts'

const REQUESTS = 1000
const AT_ONCE = 50
const MB = 256
const IDLE = 50

describeOnServers(
  'a port that is forwarded',
  running => {
    const c1 = () => running().api['1.0'].instances.c1

    before(async () => {
      await startContainer(running().api, 'c1', running().image)
      await startListeners(c1(), 1)
    })

    it(`answers ${REQUESTS} requests, ${AT_ONCE} at once, and loses none`, async () => {
      const errors: unknown[] = []
      await using web = await forward(c1(), PORTS.http, { onError: error => errors.push(error) })
      let left = REQUESTS
      let answered = 0
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          assert.equal(await (await fetch(`${web.url}/small`)).text(), 'small')
          answered += 1
        }
      }
      const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane))
      assert.deepEqual(errors, [])
      for (const end of ends) if (end.status === 'rejected') throw end.reason
      assert.equal(answered, REQUESTS)
    })

    it(`passes ${MB} MB on as they are, out and in`, async () => {
      const script = `head -c ${MB}000000 /dev/urandom > /srv/big; sha256sum < /srv/big`
      const { stdout } = await exec(c1(), ['sh', '-c', script])
      await using web = await forward(c1(), PORTS.http)
      const { body } = await fetch(`${web.url}/big`)
      const received = createHash('sha256')
      await pipeline(Readable.fromWeb(body as never), received)
      assert.equal(`${received.digest('hex')}  -\n`, stdout)

      await using hash = await forward(c1(), PORTS.hashAtEnd)
      const client = connectTcp({ port: hash.port, host: '127.0.0.1', allowHalfOpen: true })
      const sent = createHash('sha256')
      const chunks = function* () {
        for (let n = 0; n < MB; n++) {
          const chunk = randomBytes(1_000_000)
          sent.update(chunk)
          yield chunk
        }
      }
      const answer = text(client)
      await pipeline(chunks, client)
      assert.equal(await answer, `${sent.digest('hex')}  -\n`)
    })

    it(`holds ${IDLE} idle connections for a minute, beside which the server works`, async () => {
      const programs = containerProcesses([running().daemon.dir]).length
      const connections: InstanceConnection[] = []
      for (let n = 0; n < IDLE; n++) connections.push(await connect(c1(), { port: PORTS.echo }))
      const end = performance.now() + 60_000
      while (performance.now() < end) {
        await running().api['1.0'].instances.c1.get()
        assert.equal((await exec(c1(), ['echo', 'hello'])).stdout, 'hello\n')
      }
      for (const connection of connections) {
        connection.write('x')
        await new Promise(resolve => connection.once('data', resolve))
        connection.destroy()
      }
      for (const connection of connections)
        if (!connection.closed) await new Promise(resolve => connection.once('close', resolve))
      assert.equal(containerProcesses([running().daemon.dir]).length, programs)
    })
  },
  serversOverSocket(),
)
