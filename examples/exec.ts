import { pipeline } from 'node:stream/promises'
import { API, spawn } from '../src/index.ts'

// Runs a command in an instance, on this terminal if it is one, and exits as it does:
//
//   npx tsx examples/exec.ts <instance> <command> [argument…]

const [name, ...command] = process.argv.slice(2)
if (name === undefined || command.length === 0) throw new Error('Give the name of an instance and a command')

await using api = API.factory()
const { stdin, stdout, stderr } = process
const hasTerminal = stdin.isTTY && stdout.isTTY
const child = await spawn(api['1.0'].instances[name], command, { terminal: hasTerminal && sizeOf(stdout) })

// Keys go to the command as they are, Ctrl-C too.
if (hasTerminal) stdin.setRawMode(true)
stdout.on('resize', () => child.resize(sizeOf(stdout)))
stdin.pipe(child.stdin)
try {
  await Promise.all([
    pipeline(child.stdout, stdout, { end: false }),
    pipeline(child.stderr, stderr, { end: false }),
  ])
  process.exitCode = await child.exited
} finally {
  if (hasTerminal) stdin.setRawMode(false)
  stdin.destroy()
}

function sizeOf({ columns, rows }: { columns: number; rows: number }): { columns: number; rows: number } {
  return { columns, rows }
}
