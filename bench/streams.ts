import type { ServerUnderTest } from '../test/daemon/index.ts'
import { serverKinds } from '../test/daemon/index.ts'
import { clock } from './clock.ts'
import { benchEachServer } from './each-server.ts'
import { reportGoal, reportSpeed } from './goal.ts'
import { quantile } from './measure.ts'
import { printTable } from './print-table.ts'
import type { JobResult } from './stream-job.ts'
import {
  run,
  runJob,
  SIZE_MIB,
  type Transfer,
  type TransferBench,
  takeTurns,
  transfers,
  withTransfers,
} from './transfers.ts'

// Each type of transfer with a gigabyte: by this library in a separate process, by curl with the same transaction, and by
// the server's own client, interleaved.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 3)
// Runs only those whose name includes this text, such as 'backup'.
const ONLY = process.env['LXDAPI_BENCH_ONLY'] ?? ''

await benchEachServer(server => withTransfers(server, bench => compare(server, bench)))

async function compare(server: ServerUnderTest, bench: TransferBench): Promise<void> {
  const rows: string[][] = []
  const growths: number[] = []
  const { client } = serverKinds[server.kind]
  for (const transfer of transfers(bench).filter(({ name }) => name.includes(ONLY))) {
    const times = await race(transfer, bench)
    const ratioTo = (others: readonly number[]): number =>
      quantile(times.ours.map(({ ms }, round) => (others[round] ?? 0) / ms))
    const growth = Math.max(...times.ours.map(({ growth }) => growth))
    growths.push(growth)
    reportSpeed(`${server.label}: speed of ${transfer.name}`, client, ratioTo(times.cli))
    rows.push([
      transfer.name,
      ...[times.ours.map(({ ms }) => ms), times.curl, times.cli].map(ms => seconds(quantile(ms))),
      ...[times.curl, times.cli].map(others => ratioTo(others).toFixed(2)),
      growth.toFixed(0),
    ])
  }
  printTable(
    `${SIZE_MIB} MiB of noise, ${server.label}; medians of ${ROUNDS} rounds`,
    ['', 'lxdapi s', 'curl s', `${client} s`, 'curl / lxdapi', `${client} / lxdapi`, 'memory + MB'],
    rows,
  )
  const growth = Math.max(...growths)
  reportGoal({
    row: `${server.label}: growth of memory in these transfers`,
    goal: 'less than 64 MB',
    figure: `${growth.toFixed(0)} MB`,
    isMet: growth < 64,
  })
}

async function race(
  transfer: Transfer,
  bench: TransferBench,
): Promise<{ ours: JobResult[]; curl: number[]; cli: number[] }> {
  const { job, curl, cli } = transfer
  const times = { ours: [] as JobResult[], curl: [] as number[], cli: [] as number[] }
  await takeTurns(transfer, bench, ROUNDS, [
    async () => void times.ours.push(await runJob(job)),
    async () => void times.curl.push(await clock(() => run('sh', ['-euc', curl]))),
    async () => void times.cli.push(await clock(() => bench.daemon.cli(cli))),
  ])
  return times
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2)
}
