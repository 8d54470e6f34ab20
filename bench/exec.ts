import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type API, exec, spawn as spawnInside } from '../src/index.ts'
import { type Daemon, serverKinds, serversUnderTest } from '../test/daemon/index.ts'
import { startContainer } from '../test/integration/live-container.ts'
import { startServer } from '../test/integration/servers.ts'
import { reportGoal, reportSpeed } from './goal.ts'
import { quantile, ratios } from './measure.ts'
import { printTable } from './print-table.ts'
import { programRemote } from './program-remote.ts'

// Throughput and memory of output and input over websockets, compared with the server's own client over the same transport.

const MIB = 1024 * 1024
const OUTPUT_MIB = 1024
const INPUT_MIB = 256
const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 5)
const SLOW_BYTES_PER_SECOND = 20 * MIB
const MAX_GROWTH_MIB = 64
const NAME = 'c1'

type Api = ReturnType<typeof API.factory>

for (const server of serversUnderTest().filter(({ missing }) => missing === undefined)) {
  const { api, daemon, image } = await startServer(server)
  await using _ = daemon
  await startContainer(api, NAME, image)
  // Noise that does not repeat within a message of a websocket.
  await exec(api['1.0'].instances[NAME], ['dd', 'if=/dev/urandom', 'of=/noise', 'bs=1M', 'count=64'])
  await compareSpeed(server.label, api, daemon)
  await compareHashes(server.label, api)
  await readSlowly(server.label, api)
  await sendInput(server.label, api)
  await api.close()
}

async function compareSpeed(label: string, api: Api, daemon: Daemon): Promise<void> {
  const command = ['dd', 'if=/dev/zero', 'bs=1M', `count=${OUTPUT_MIB}`]
  const instance = `${programRemote(daemon)}${NAME}`
  const ours: number[] = []
  const theirs: number[] = []
  const turns = [
    async () => void theirs.push(await timeProgram(daemon, instance, command)),
    async () => void ours.push(await timeSpawn(api, command)),
  ]
  for (let round = 0; round < ROUNDS; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
  }
  const { client } = serverKinds[daemon.kind]
  const rows = [
    ['spawn()', ours],
    [`${client} exec`, theirs],
  ] as const
  printTable(
    `${label}: ${OUTPUT_MIB} MiB of output, thrown away`,
    ['', 'MiB/s', 'slowest', 'fastest'],
    rows.map(([name, speeds]) => [
      name,
      ...[quantile(speeds), quantile(speeds, 0), quantile(speeds, 1)].map(speed => speed.toFixed(0)),
    ]),
  )
  reportSpeed(`${label}: speed of a command’s output`, `${client} exec`, quantile(ratios(ours, theirs)))
}

async function timeSpawn(api: Api, command: readonly string[]): Promise<number> {
  const start = performance.now()
  const child = await spawnInside(api['1.0'].instances[NAME], command)
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  child.stderr.resume()
  await finished(child.stdout)
  await child.exited
  if (bytes !== OUTPUT_MIB * MIB) throw new Error(`${bytes} bytes arrived of ${OUTPUT_MIB * MIB}`)
  return speedSince(start)
}

async function timeProgram(
  { kind, dir }: Daemon,
  instance: string,
  command: readonly string[],
): Promise<number> {
  const { client, dirVariable, confVariable } = serverKinds[kind]
  const env = { ...process.env, [dirVariable]: dir, [confVariable]: join(dir, 'client') }
  const start = performance.now()
  const child = spawn(client, ['exec', instance, '--', ...command], { env, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${client} ended with ${code}`)
  return speedSince(start)
}

function speedSince(start: number): number {
  return OUTPUT_MIB / ((performance.now() - start) / 1000)
}

async function compareHashes(label: string, api: Api): Promise<void> {
  const times = Math.ceil(OUTPUT_MIB / 64)
  const noise = `i=0; while [ $i -lt ${times} ]; do cat /noise; echo $i; i=$((i+1)); done`
  const there = exec(api['1.0'].instances[NAME], ['sh', '-c', `(${noise}) | sha256sum`])
  const child = await spawnInside(api['1.0'].instances[NAME], ['sh', '-c', noise])
  const hash = createHash('sha256')
  for await (const chunk of child.stdout) hash.update(chunk)
  const isSame = (await there).stdout.startsWith(hash.digest('hex'))
  reportGoal({
    row: `${label}: ${times * 64} MiB of noise as output`,
    goal: 'the same SHA-256 on both sides',
    figure: isSame ? 'the same' : 'another',
    isMet: isSame,
  })
}

async function readSlowly(label: string, api: Api): Promise<void> {
  const child = await spawnInside(api['1.0'].instances[NAME], [
    'dd',
    'if=/dev/zero',
    'bs=1M',
    `count=${OUTPUT_MIB}`,
  ])
  child.stderr.resume()
  const before = process.memoryUsage.rss()
  const start = performance.now()
  let most = before
  let bytes = 0
  for await (const chunk of child.stdout) {
    bytes += chunk.length
    most = Math.max(most, process.memoryUsage.rss())
    const early = (bytes / SLOW_BYTES_PER_SECOND) * 1000 - (performance.now() - start)
    if (early > 5) await delay(early)
  }
  const grown = (most - before) / MIB
  const speed = bytes / MIB / ((performance.now() - start) / 1000)
  reportGoal({
    row: `${label}: growth of memory where output is read slowly`,
    goal: `less than ${MAX_GROWTH_MIB} MiB`,
    figure: `${grown.toFixed(0)} MiB at ${speed.toFixed(0)} MiB/s`,
    isMet: grown < MAX_GROWTH_MIB && bytes === OUTPUT_MIB * MIB && (await child.exited) === 0,
  })
}

async function sendInput(label: string, api: Api): Promise<void> {
  const hash = createHash('sha256')
  const noise = Buffer.from(
    (await exec(api['1.0'].instances[NAME], ['cat', '/noise'], { encoding: 'buffer' })).stdout,
  )
  const chunks = function* (): Generator<Buffer> {
    for (let sent = 0; sent < INPUT_MIB * MIB; sent += MIB) {
      const chunk = noise.subarray(sent % noise.length, (sent % noise.length) + MIB)
      hash.update(chunk)
      yield chunk
    }
  }
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const { stdout } = await exec(api['1.0'].instances[NAME], ['sha256sum'], { input: Readable.from(chunks()) })
  const speed = INPUT_MIB / ((performance.now() - start) / 1000)
  const grown = Math.max(0, process.memoryUsage.rss() - before) / MIB
  const isSame = stdout.startsWith(hash.digest('hex'))
  reportGoal({
    row: `${label}: ${INPUT_MIB} MiB of input`,
    goal: 'the same SHA-256 on both sides',
    figure: `${isSame ? 'the same' : 'another'} at ${speed.toFixed(0)} MiB/s, memory +${grown.toFixed(0)} MiB`,
    isMet: isSame,
  })
}
