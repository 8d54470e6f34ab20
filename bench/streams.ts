import { type ServerUnderTest, serverKinds } from '../test/daemon/index.ts'
import { clock } from './clock.ts'
import { reportGoal, reportSpeed } from './goal.ts'
import { quantile, ratios } from './measure.ts'
import { printTable } from './print-table.ts'
import { benchTransfers, race, run, runJob, SIZE_MIB, type TransferBench, transfers } from './transfers.ts'

// Each type of transfer with a gigabyte: by this library in a separate process, by curl with the same transaction, and by
// the server's own client, interleaved.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 3)
// Runs only those whose name includes this text, such as 'backup'.
const ONLY = process.env['LXDAPI_BENCH_ONLY'] ?? ''

await benchTransfers(compare)

async function compare(server: ServerUnderTest, bench: TransferBench): Promise<void> {
  const rows: string[][] = []
  const growths: number[] = []
  const { client } = serverKinds[server.kind]
  for (const transfer of transfers(bench).filter(({ name }) => name.includes(ONLY))) {
    const { ours, curl, cli } = await race(transfer, bench, ROUNDS, {
      ours: () => runJob(transfer.job),
      curl: () => clock(() => run('sh', ['-euc', transfer.curl])),
      cli: () => clock(() => bench.daemon.cli(transfer.cli)),
    })
    const own = ours.map(({ ms }) => ms)
    const ratioTo = (others: readonly number[]): number => quantile(ratios(others, own))
    const growth = Math.max(...ours.map(({ growth }) => growth))
    growths.push(growth)
    reportSpeed(`${server.label}: speed of ${transfer.name}`, client, ratioTo(cli))
    rows.push([
      transfer.name,
      ...[own, curl, cli].map(ms => seconds(quantile(ms))),
      ...[curl, cli].map(others => ratioTo(others).toFixed(2)),
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

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2)
}
