import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { metrics, type UsageSample, usage } from '../../src/index.ts'
import { startContainer } from './live-container.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'
import { recordTransactions } from './transactions.ts'

const MAX_POINTS = 0.05
const BUSY = { command: ['sh', '-c', 'while :; do :; done'], 'wait-for-websocket': false, interactive: false }

describeOnServers(
  'usage()',
  running => {
    it('tells the share of a core as the control group does, under limits of both kinds', async t => {
      const { api, image } = running()
      const { instances } = api['1.0']
      const limits = { allowed: { 'limits.cpu.allowance': '25ms/100ms' }, pinned: { 'limits.cpu': '1' } }
      const groups = new Map<string, ControlGroup>()
      for (const [name, config] of Object.entries(limits)) {
        await startContainer(api, name, image)
        await instances.path(name).patch({ config }).wait()
        // Two, so that only the limit keeps them from a second core.
        for (let n = 0; n < 2; n++) await instances.path(name).exec.post({ ...BUSY })
        groups.set(name, new ControlGroup((await instances.path(name).state.get()).metadata.pid))
      }
      const shares = await averageShares(usage(instances, { every: 1 }), groups)
      t.diagnostic(shares.map(({ name, told, counted }) => `${name} ${told} of ${counted}`).join(', '))
      for (const { name, told, counted } of shares) assert.ok(Math.abs(told - counted) < MAX_POINTS, name)
      assert.deepEqual(shares.map(({ name }) => name).sort(), ['allowed', 'pinned'])
      for (const { name, told } of shares)
        assert.ok(told < (name === 'allowed' ? 0.25 : 1) + MAX_POINTS, name)
      for (const name of groups.keys())
        await instances.path(name).state.put({ action: 'stop', force: true }).wait()
    })

    it('tells memory with its limit and processes; a restart and a stop give no negative number', async () => {
      const { api, image } = running()
      const { instances } = api['1.0']
      await startContainer(api, 'web', image)
      await instances.web.patch({ config: { 'limits.memory': '64MiB' } }).wait()
      const samples: UsageSample[] = []
      const { transactions } = await recordTransactions(async () => {
        for await (const sample of usage(instances.web, { every: 0.2 })) {
          samples.push(sample)
          if (samples.length === 1) await instances.web.state.put({ action: 'restart', force: true }).wait()
          if (samples.length === 2) await instances.web.state.put({ action: 'stop', force: true }).wait()
          if (samples.length === 3) break
        }
      })
      const [first, , stopped] = samples
      assert.ok(first && stopped)
      assert.equal(first.memory.limit, 64 * 1024 ** 2)
      assert.ok(first.memory.used > 0)
      assert.ok(Number(first.processes) >= 1)
      assert.deepEqual([stopped.status, stopped.cpu, stopped.processes], ['Stopped', 0, 0])
      for (const { cpu, network } of samples)
        assert.ok(Number(cpu) >= 0 && network.received >= 0 && network.sent >= 0)
      assert.equal(transactions.filter(one => one === 'GET /1.0/instances/web?recursion=1').length, 4)
    })

    it('metrics() have the same name on each server, with the type that it tells', async () => {
      const { api, image } = running()
      await startContainer(api, 'measured', image)
      const samples = await metrics(api)
      const cpu = samples.filter(
        ({ name, labels }) => name === 'cpu_seconds_total' && labels['name'] === 'measured',
      )
      assert.ok(cpu.length > 0)
      for (const { type, value, labels } of cpu) {
        assert.equal(type, 'counter')
        assert.ok(value >= 0)
        assert.equal(labels['project'], 'default')
      }
      assert.ok(samples.every(({ name }) => !/^(lxd|incus)_/.test(name)))
    })
  },
  serversOverSocket(),
)

/** What is told of each instance and what its control group counts, over the same three seconds or so. */
async function averageShares(samples: AsyncIterable<UsageSample>, groups: ReadonlyMap<string, ControlGroup>) {
  const used = new Map<string, { seconds: number; time: number; count: number; group: ControlGroup }>()
  for await (const { name, cpu, seconds } of samples) {
    const group = groups.get(name)
    const so = used.get(name)
    if (group === undefined) continue
    if (so === undefined) {
      group.share()
      used.set(name, { seconds: 0, time: 0, count: 0, group })
    } else
      used.set(name, {
        ...so,
        seconds: so.seconds + Number(cpu) * seconds,
        time: so.time + seconds,
        count: so.count + 1,
      })
    if ([...used.values()].filter(({ count }) => count >= 2).length === groups.size) break
  }
  return [...used].map(([name, { seconds, time, group }]) => ({
    name,
    told: seconds / time,
    counted: group.share(),
  }))
}

/** The control group of a process, which counts its processor time; of either version. */
class ControlGroup {
  readonly #file: string
  readonly #perSecond: number
  #last: { readonly at: number; readonly seconds: number }

  constructor(pid: number) {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    const [, legacy] = /^\d+:(?:[\w,]+,)?cpuacct(?:,[\w,]+)?:(.*)$/m.exec(groups) ?? []
    const [, unified = ''] = /^0::(.*)$/m.exec(groups) ?? []
    this.#file =
      legacy === undefined
        ? join('/sys/fs/cgroup', unified, 'cpu.stat')
        : join('/sys/fs/cgroup/cpuacct', legacy, 'cpuacct.usage')
    this.#perSecond = legacy === undefined ? 1e6 : 1e9
    this.#last = this.#read()
  }

  /** The share of a core since the last call. */
  share(): number {
    const { at, seconds } = this.#last
    this.#last = this.#read()
    return (this.#last.seconds - seconds) / ((this.#last.at - at) / 1000)
  }

  #read(): { at: number; seconds: number } {
    const [count] = /\d+/.exec(readFileSync(this.#file, 'utf8')) ?? []
    return { at: performance.now(), seconds: Number(count) / this.#perSecond }
  }
}
