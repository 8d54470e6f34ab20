import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { API, exportTo, type TransferProgress } from '../src/index.ts'

// Exports every instance of the local server to a folder, one file each, whole or not at all:
//
//   npx tsx examples/backup.ts ./backups

const folder = process.argv[2] ?? './backups'
const api = API.factory()['1.0']
await mkdir(folder, { recursive: true })

const { metadata: instances } = await api.instances.get({ query: { recursion: 1 } })
for (const { name } of instances) {
  const file = join(folder, `${name}.tar.gz`)
  const bytes = await exportTo(api.instances[name], file, { onProgress: progress => print(name, progress) })
  console.log(`\r${name}: ${megabytes(bytes)} in ${file}`)
}

function print(name: string, { bytes, total }: TransferProgress): void {
  process.stdout.write(
    `\r${name}: ${megabytes(bytes)}${total === undefined ? '' : ` of ${megabytes(total)}`}`,
  )
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
