import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { installedVersion, missingReason, serverKinds } from '../test/daemon/index.ts'
import { type Goal, verdict } from './goal.ts'

const PATH = 'docs/performance.md'
const START = '<!-- The rest is written by `npm run bench -- --save`. -->'

/** Writes the goals of a run to docs/performance.md, with the machine and the versions, below what is written by hand. */
export function savePerformance(goals: readonly Goal[]): void {
  const [byHand] = readFileSync(PATH, 'utf8').split(START)
  const rows = goals.map(goal => `| ${goal.row} | ${goal.goal} | ${goal.figure} | ${verdict(goal)} |`)
  const lines = [describeMachine(), '', '| | goal | figure | |', '|---|---|---|---|', ...rows]
  writeFileSync(PATH, `${byHand}${START}\n\n${lines.join('\n')}\n`)
  console.log(`\nSaved to ${PATH}`)
}

function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${gigabytes} GiB`
  const servers = (['lxd', 'incus'] as const)
    .filter(kind => missingReason(kind) === undefined)
    .map(kind => `${serverKinds[kind].title} ${installedVersion(kind)}`)
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, ${machine}, Linux, Node ${process.version}, ${servers.join(', ')}${describeSettings()}.`
}

function describeSettings(): string {
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith('LXDAPI_BENCH_'))
  return settings.length === 0
    ? ''
    : `, ${settings.map(([name, value]) => `\`${name}=${value}\``).join(', ')}`
}
