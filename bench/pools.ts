import type { ServerUnderTest } from '../test/daemon/index.ts'
import { reportGoal } from './goal.ts'
import { quantile, ratios } from './measure.ts'
import { printTable } from './print-table.ts'
import type { JobResult } from './stream-job.ts'
import { benchTransfers, race, runJob, SIZE_MIB, type TransferBench, transfers } from './transfers.ts'

// The same transfers with and without the pools of buffers (src/connection/buffer-pools.ts): what cost they save.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 5)
const NAMES = ['file pull', 'image upload', 'image export', 'backup import']
// They stay for a tenth of the time, or of the memory.
const MIN_GAIN = 1.1
const COSTS = ['ms', 'cpuMs', 'growth'] as const

await benchTransfers(compare)

async function compare({ label }: ServerUnderTest, bench: TransferBench): Promise<void> {
  const rows: string[][] = []
  const gains: number[] = []
  for (const transfer of transfers(bench).filter(({ name }) => NAMES.includes(name))) {
    const { on, off } = await race(transfer, bench, ROUNDS, {
      on: () => runJob(transfer.job),
      off: () => runJob({ ...transfer.job, pools: false }),
    })
    const ratio = (cost: keyof JobResult): number => quantile(ratios(valuesOf(off, cost), valuesOf(on, cost)))
    gains.push(Math.max(ratio('ms'), ratio('growth')))
    rows.push([
      transfer.name,
      ...COSTS.flatMap(cost => [on, off].map(results => quantile(valuesOf(results, cost)).toFixed(0))),
      ...COSTS.map(cost => ratio(cost).toFixed(2)),
    ])
  }
  printTable(
    `${SIZE_MIB} MiB of noise, ${label}; medians of ${ROUNDS} rounds, with the pools and without`,
    ['', 'ms', 'without', 'CPU ms', 'without', 'MB', 'without', 'time', 'CPU', 'memory'],
    rows,
  )
  reportGoal({
    row: `${label}: time or memory of a transfer without pools of buffers, of one with them`,
    goal: `at least ${MIN_GAIN}`,
    figure: gains.map(gain => gain.toFixed(2)).join(', '),
    isMet: Math.min(...gains) >= MIN_GAIN,
  })
}

function valuesOf(results: readonly JobResult[], cost: keyof JobResult): number[] {
  return results.map(result => result[cost])
}
