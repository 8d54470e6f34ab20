import type { ServerUnderTest } from '../test/daemon/index.ts'
import { benchEachServer } from './each-server.ts'
import { reportGoal } from './goal.ts'
import { quantile } from './measure.ts'
import { printTable } from './print-table.ts'
import type { JobResult } from './stream-job.ts'
import {
  runJob,
  SIZE_MIB,
  type Transfer,
  type TransferBench,
  takeTurns,
  transfers,
  withTransfers,
} from './transfers.ts'

// The same transfers with and without the pools of buffers (src/connection/buffer-pools.ts): what cost they save.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 5)
const NAMES = ['file pull', 'image upload', 'image export', 'backup import']
// They stay for a tenth of the time, or of the memory.
const MIN_GAIN = 1.1

await benchEachServer(server => withTransfers(server, bench => compare(server, bench)))

async function compare({ label }: ServerUnderTest, bench: TransferBench): Promise<void> {
  const rows: string[][] = []
  const gains: number[] = []
  for (const transfer of transfers(bench).filter(({ name }) => NAMES.includes(name))) {
    const { on, off } = await race(transfer, bench)
    const [time, cpu, growth] = (['ms', 'cpuMs', 'growth'] as const).map(key =>
      quantile(off.map((result, round) => result[key] / (on[round]?.[key] ?? Number.NaN))),
    )
    gains.push(Math.max(...[time, growth].map(Number)))
    const median = (results: readonly JobResult[], key: keyof JobResult): string =>
      quantile(results.map(result => result[key])).toFixed(0)
    rows.push([
      transfer.name,
      ...(['ms', 'cpuMs', 'growth'] as const).flatMap(key => [median(on, key), median(off, key)]),
      ...[time, cpu, growth].map(ratio => Number(ratio).toFixed(2)),
    ])
  }
  printTable(
    `${SIZE_MIB} MiB of noise, ${label}; medians of ${ROUNDS} rounds, with the pools and without`,
    ['', 'ms', 'without', 'CPU ms', 'without', 'MB', 'without', 'time', 'CPU', 'memory'],
    rows,
  )
  const least = Math.min(...gains)
  reportGoal({
    row: `${label}: time or memory of a transfer without pools of buffers, of one with them`,
    goal: `at least ${MIN_GAIN}`,
    figure: gains.map(gain => gain.toFixed(2)).join(', '),
    isMet: least >= MIN_GAIN,
  })
}

async function race(
  transfer: Transfer,
  bench: TransferBench,
): Promise<{ on: JobResult[]; off: JobResult[] }> {
  const on: JobResult[] = []
  const off: JobResult[] = []
  await takeTurns(transfer, bench, ROUNDS, [
    async () => void on.push(await runJob(transfer.job)),
    async () => void off.push(await runJob({ ...transfer.job, pools: false })),
  ])
  return { on, off }
}
