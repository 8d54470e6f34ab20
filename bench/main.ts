import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const BENCHES = [
  'requests',
  'paths',
  'trace',
  'import-time',
  'packed-size',
  'exec',
  'streams',
  'directories',
  'harm',
  'lost-updates',
  'watch',
]
const OUTPUT = fileURLToPath(new URL('../node_modules/.cache/lxdapi/bench', import.meta.url))

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !BENCHES.includes(name))
if (unknown.length > 0) fail(`No such bench: ${unknown.join(', ')}. There are ${BENCHES.join(', ')}.`)

compile()
console.log(`Node ${process.version}, ${process.platform} ${process.arch}; medians of interleaved rounds`)
for (const name of wanted.length > 0 ? wanted : BENCHES) {
  if (!run(process.execPath, [`${OUTPUT}/bench/${name}.js`])) fail(`The bench ${name} failed`)
}

// Users run what tsc compiles; tsx compiles on the fly, which is slower.
function compile(): void {
  if (
    !run(process.execPath, [
      'node_modules/typescript/bin/tsc',
      '-p',
      fileURLToPath(new URL('.', import.meta.url)),
    ])
  )
    fail('tsc failed')
  // Node.js does not look for a package.json above node_modules.
  const { type, imports } = JSON.parse(readFileSync('package.json', 'utf8'))
  writeFileSync(`${OUTPUT}/package.json`, JSON.stringify({ type, imports }))
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
