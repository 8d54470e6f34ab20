import { execFileSync } from 'node:child_process'
import { printTable } from './print-table.ts'

// The size of the package that `npm publish` uploads.

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' })
// Safe cast: npm prints one such object per package.
const [packed] = JSON.parse(output) as [Packed]

printTable(
  'Packed size',
  ['', 'kB', 'files'],
  [
    ['packed', kilobytes(packed.size), ''],
    ['unpacked', kilobytes(packed.unpackedSize), String(packed.files.length)],
    ['  ES modules', ...sumOf(/\.js$/)],
    ['  CommonJS', ...sumOf(/\.cjs$/)],
    ['  types', ...sumOf(/\.d\.c?ts$/)],
    ['  source maps', ...sumOf(/\.map$/)],
    ['  sources', ...sumOf(/^src\//)],
  ],
)

function sumOf(pattern: RegExp): [string, string] {
  const files = packed.files.filter(({ path }) => pattern.test(path))
  return [kilobytes(files.reduce((sum, { size }) => sum + size, 0)), String(files.length)]
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}
