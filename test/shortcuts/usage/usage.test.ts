import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { APIException, APINotFoundException, type UsageSample, usage } from '../../../src/index.ts'
import { bytesOf, sampleOf } from '../../../src/shortcuts/usage/sample.ts'
import { failure, type Received, type Reply, serve, sync } from '../../servers/server.ts'

const START = new Date(0)

function instance(state: object, config: object = {}) {
  return { name: 'web', project: 'default', status: 'Running', expanded_config: config, state }
}

function state(cpu: number, received = 0, fields: object = {}) {
  const counters = { bytes_received: received, bytes_sent: 2 * received }
  const network = { eth0: { type: 'broadcast', counters }, lo: { type: 'loopback', counters } }
  const memory = { usage: 4096, swap_usage: 1, total: 0 }
  return {
    pid: 7,
    processes: 3,
    cpu: { usage: cpu },
    memory,
    network,
    disk: { root: { usage: 10 } },
    ...fields,
  }
}

function between(before: object, after: object, config?: object): UsageSample {
  return sampleOf(
    { at: 1000, time: START, instance: instance(before, config) },
    { at: 3000, time: START, instance: instance(after, config) },
  )
}

test('a sample has shares and rates of the time between two readings', () => {
  assert.deepEqual(between(state(1e9, 100), state(2e9, 300)), {
    name: 'web',
    project: 'default',
    status: 'Running',
    time: START,
    seconds: 2,
    cpu: 0.5,
    memory: { used: 4096, limit: undefined, swap: 1 },
    network: { received: 100, sent: 200 },
    disk: { used: 10 },
    processes: 3,
  })
})

test('the limit of memory is that of the state, or else of the configuration', () => {
  const total = { memory: { usage: 1, swap_usage: 0, total: 77 } }
  assert.equal(between(state(0, 0, total), state(0, 0, total), { 'limits.memory': '1MiB' }).memory.limit, 77)
  assert.equal(between(state(0), state(0), { 'limits.memory': '1MiB' }).memory.limit, 1024 ** 2)
})

test('sizes of the configuration are bytes, in powers of 1000 or 1024', () => {
  const sizes = { '512': 512, '1B': 1, '2kB': 2000, '2KB': 2000, '2KiB': 2048, '3MB': 3e6, '1GiB': 1024 ** 3 }
  for (const [text, bytes] of Object.entries({
    ...sizes,
    '1EiB': 1024 ** 6,
    '50%': undefined,
    '': undefined,
    x: undefined,
  }))
    assert.equal(bytesOf(text), bytes, text)
})

test('a restart and counters that began anew give what was used since, and no negative number', () => {
  const restarted = between(state(9e9, 1000), { ...state(1e9, 100), pid: 8 })
  assert.deepEqual([restarted.cpu, restarted.network], [0.5, { received: 50, sent: 100 }])
  const grown = between({ ...state(1e9, 100), pid: 8 }, state(4e9, 1000))
  assert.deepEqual([grown.cpu, grown.network.received], [2, 500])
  const reset = between(state(9e9, 1000), state(1e9, 100))
  assert.deepEqual([reset.cpu, reset.network], [0.5, { received: 50, sent: 100 }])
  const without = between(state(0, 1000), state(0, 0, { network: null }))
  assert.deepEqual(without.network, { received: 0, sent: 0 })
})

test('what does not run uses nothing, and what the server does not know is undefined', () => {
  const stopped = { pid: 0, processes: -1, cpu: { usage: -1 }, memory: {}, network: null, disk: {} }
  const { cpu, processes, memory, network } = between(state(9e9, 1000), stopped)
  assert.deepEqual([cpu, processes, memory.used, network], [0, 0, 0, { received: 0, sent: 0 }])
  const machine = between(state(0), state(0, 0, { cpu: { usage: -1 }, processes: -1 }))
  assert.deepEqual([machine.cpu, machine.processes], [undefined, undefined])
})

async function take(samples: AsyncIterable<UsageSample>, count: number): Promise<UsageSample[]> {
  const taken: UsageSample[] = []
  for await (const sample of samples) if (taken.push(sample) === count) break
  return taken
}

function serveStates(t: TestContext, extensions: readonly string[], answer: (received: Received) => Reply) {
  return serve(t, received =>
    received.url === '/1.0' ? sync({ api_extensions: extensions }) : answer(received),
  )
}

test('usage() of a list costs one request for all samples of a reading, in the form that the server has', async t => {
  for (const [extension, query] of [
    ['instances_state_selective_recursion', 'recursion=2%3Bfields%3Dstate.disk%2Cstate.network'],
    ['other', 'recursion=2'],
  ] as const) {
    const both = [instance(state(0)), { ...instance(state(0)), name: 'db' }]
    const { api, received } = await serveStates(t, [extension], () => sync(both))
    const samples = await take(usage(api.instances, { every: 0.01 }), 4)
    assert.deepEqual(
      samples.map(({ name }) => name),
      ['web', 'db', 'web', 'db'],
    )
    assert.equal(samples[0]?.time, samples[1]?.time)
    assert.deepEqual(
      received.map(({ url }) => url),
      ['/1.0', ...Array.from({ length: 3 }, () => `/1.0/instances?${query}`)],
    )
  }
})

test('usage() of one instance reads only that, and stops when its loop is left', async t => {
  const { api, received } = await serve(t, sync(instance(state(0))))
  const [sample] = await take(usage(api.instances.web, { every: 0.01 }), 1)
  assert.equal(sample?.name, 'web')
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0/instances/web?recursion=1', '/1.0/instances/web?recursion=1'],
  )
})

test('an instance that is new, or was without a state for a while, is compared with its own last reading', async t => {
  let n = 0
  const web = (one: object | null) => ({ ...instance({}), state: one })
  const readings = [
    [web(state(1e9))],
    [web(null)],
    [web(state(2e9)), { ...instance(state(9e9)), name: 'new' }],
  ]
  const { api } = await serveStates(t, [], () => sync(readings[n++] ?? readings[2]))
  const [web1, ...others] = await take(usage(api.instances, { every: 0.02 }), 3)
  assert.ok(web1)
  assert.ok(web1.seconds >= 0.03, `${web1.seconds} s`)
  assert.ok(Math.abs(Number(web1.cpu) - 1 / web1.seconds) < 0.001)
  assert.deepEqual(
    others.map(({ name, cpu }) => [name, cpu]),
    [
      ['web', 0],
      ['new', 0],
    ],
  )
})

test('the rates of disks are those since the server updated its metrics', async t => {
  const read = [1000, 1000, 5000, 5000]
  let n = 0
  const { api } = await serveStates(t, [], ({ url }) => {
    if (!url.startsWith('/1.0/metrics')) return sync([instance(state(0))])
    const value = read[n++] ?? 5000
    const line = (device: string) =>
      `lxd_disk_read_bytes_total{device="${device}",name="web",project="default"} ${value}\n`
    return { headers: { 'content-type': 'text/plain' }, body: `${line('sda')}${line('sdb')}# EOF\n` }
  })
  const samples = await take(usage(api.instances, { every: 0.01, diskRates: true }), 3)
  const rates = samples.map(({ disk }) => [disk.read, disk.written])
  assert.deepEqual(rates[0], [0, 0])
  assert.ok(Number(rates[1]?.[0]) > 0)
  assert.deepEqual(rates[2], rates[1])
})

test('usage() ends with the signal’s reason, and with the server’s refusal', async t => {
  const controller = new AbortController()
  const { api } = await serveStates(t, [], () => sync([instance(state(0))]))
  const reason = new Error('enough')
  const { signal } = controller
  await assert.rejects(async () => {
    for await (const _ of usage(api.instances, { every: 0.01, signal })) controller.abort(reason)
  }, reason)
  const gone = await serve(t, failure(404, 'not found'))
  await assert.rejects(usage(gone.api.instances.web, { every: 1 }).next(), APINotFoundException)
  const wrong = await serveStates(t, [], () => sync({ not: 'a list' }))
  await assert.rejects(usage(wrong.api.instances, { every: 1 }).next(), APIException)
})

test('usage() refuses what is no instance, and a pace that is none, before anything is sent', async t => {
  const { api, received } = await serve(t, sync({}))
  for (const every of [0, -1, Number.NaN, undefined as never])
    assert.throws(() => usage(api.instances, { every }), /^TypeError: usage\(\): /)
  assert.throws(
    () => usage(api.profiles, { every: 1 }),
    /^TypeError: usage\(\): give the path of an instance/,
  )
  assert.deepEqual(received, [])
})
