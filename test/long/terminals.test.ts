import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { startContainer } from '../integration/live-container.ts'
import { it } from '../integration/node-test.ts'
import { describeOnServers, serversOverSocket } from '../integration/servers.ts'

const MIB = 1024 * 1024
const JOB = fileURLToPath(new URL('bridge-job.ts', import.meta.url))
const BYTES_PER_MS = 10_000

describeOnServers(
  'A terminal of which a browser reads slowly',
  running => {
    it('makes the command wait, and the process between them grow by less than 64 MiB', async () => {
      const { api, daemon, image } = running()
      await startContainer(api, 'c1', image)
      // LXD 5.0 may lose what a terminal shows last.
      const command = ['sh', '-c', `head -c ${100 * MIB} /dev/zero; sleep 1`]
      const args = ['--expose-gc', '--import', 'tsx', JOB, daemon.socketPath, 'c1', ...command]
      const job = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface(job.stdout)[Symbol.asyncIterator]()
      const client = new WebSocket(`ws://127.0.0.1:${(await lines.next()).value}`)
      const bytes = await readSlowly(client)
      const { exitCode, growth } = JSON.parse((await lines.next()).value)
      assert.deepEqual([exitCode, bytes], [0, 100 * MIB])
      assert.ok(growth < 64 * MIB, `it grew by ${growth} bytes`)
      console.log(`it grew by ${Math.round(growth / MIB)} MiB`)
    })
  },
  serversOverSocket(),
)

/** Reads nothing at all at first, then at 10 MB/s; resolves with the number of bytes. */
async function readSlowly(client: WebSocket): Promise<number> {
  let bytes = 0
  let start: number | undefined
  client.on('message', (data: Buffer) => {
    bytes += data.length
    client.pause()
    start ??= performance.now() + 3000
    void delay(start + bytes / BYTES_PER_MS - performance.now()).then(() => client.resume())
  })
  await once(client, 'close')
  return bytes
}
