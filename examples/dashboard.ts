import { stripVTControlCharacters } from 'node:util'
import { API, type UsageSample, usage, waitFor, watch } from '../src/index.ts'

// A live table of the instances of the local server, with their state, address, CPU and memory, until Ctrl-C:
//
//   npx tsx examples/dashboard.ts [seconds between two readings of the CPU]

const every = Number(process.argv[2] ?? 2)
const { stdout } = process
const ended = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => ended.abort())
const { signal } = ended

await using server = API.factory()
const api = server.with({ signal })['1.0'] // the end of this script is the end of all calls
await using instances = await watch(api.instances, { signal })
const samples = new Map<string, UsageSample>()
const addresses = new Map<string, string>()
const waiting = new Map<string, AbortController>()
let isDrawing = false

stdout.write('\x1b[?1049h\x1b[?25l') // another screen, without a cursor
try {
  for (const { name, status } of instances) followAddress(name, status)
  draw()
  await Promise.all([followChanges(), followUsage()])
} catch (error) {
  if (!signal.aborted) throw error
} finally {
  stdout.write('\x1b[?25h\x1b[?1049l')
}

async function followChanges(): Promise<void> {
  for await (const change of instances.changes()) {
    if ('item' in change)
      followAddress(change.name, change.type === 'removed' ? 'Removed' : change.item.status)
    if (change.type === 'renamed') followAddress(change.from, 'Removed')
    draw()
  }
}

async function followUsage(): Promise<void> {
  for await (const sample of usage(api.instances, { every, signal })) {
    samples.set(sample.name, sample)
    draw()
  }
}

/** No event tells of an address: it is waited for as soon as the instance runs. */
function followAddress(name: string, status: string): void {
  if (status === 'Running') {
    if (!waiting.has(name)) void findAddress(name)
    return
  }
  waiting.get(name)?.abort()
  waiting.delete(name)
  addresses.delete(name)
  samples.delete(name)
}

async function findAddress(name: string): Promise<void> {
  const stopped = new AbortController()
  waiting.set(name, stopped)
  try {
    const options = { signal: stopped.signal, timeout: 60 }
    const address = await waitFor(api.instances[name], { address: true }, options)
    if (!stopped.signal.aborted) addresses.set(name, address)
    draw()
  } catch {
    // It has none, or does not run any more.
  }
}

/** Draws once for all that happens in one turn. */
function draw(): void {
  if (isDrawing) return
  isDrawing = true
  setImmediate(() => {
    isDrawing = false
    if (!signal.aborted) stdout.write(`\x1b[H${table().join('\x1b[K\r\n')}\x1b[K\x1b[J`)
  })
}

function table(): readonly string[] {
  const { columns = 80, rows = 24 } = stdout
  const sorted = [...instances].toSorted((one, other) => one.name.localeCompare(other.name))
  const lines = sorted.map(({ name, status }) => {
    const { cpu, memory } = samples.get(name) ?? {}
    const used = [
      cpu === undefined ? '' : `${Math.round(cpu * 100)} %`,
      memory === undefined ? '' : `${Math.round(memory.used / 1e6)} MB`,
    ]
    return row(name, status, addresses.get(name) ?? '', ...used)
  })
  const title = row('NAME', instances.isStale ? 'STATE?' : 'STATE', 'ADDRESS', 'CPU', 'MEMORY')
  return [title, ...lines].slice(0, rows - 1).map(line => stripVTControlCharacters(line).slice(0, columns))
}

function row(name: string, status: string, address: string, cpu = '', memory = ''): string {
  return `${name.padEnd(20)} ${status.padEnd(8)} ${address.padEnd(25)} ${cpu.padStart(7)} ${memory.padStart(10)}`
}
