import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bufferPools } from '../src/connection/buffer-pools.ts'
import { API, exportTo, fileDelete, filePull, filePush, imagePresent, importFrom } from '../src/index.ts'
import { watchGrowth } from '../test/long/memory-growth.ts'

/** One transfer, passed as JSON in the arguments of this process. */
export interface Job {
  readonly kind: 'push' | 'pull' | 'imagePresent' | 'imageExport' | 'export' | 'import'
  readonly socketPath: string
  readonly file?: string
  readonly name?: string
  /** Whether buffers are used again; they are unless this is `false`. */
  readonly pools?: boolean
}

/** The cost of a transfer. */
export interface JobResult {
  readonly ms: number
  /** The CPU time of the process in milliseconds. */
  readonly cpuMs: number
  /** The maximum growth of the process's memory in MB. */
  readonly growth: number
}

const { kind, socketPath, file = '', name = '', pools = true } = JSON.parse(String(process.argv[2])) as Job
bufferPools.areOn = pools
const api = API.factory({ socketPath })
const work: Record<Job['kind'], () => Promise<unknown>> = {
  push: () => filePush(api['1.0'].instances.bench, '/root/copy', file),
  pull: () => filePull(api['1.0'].instances.bench, '/root/noise', file),
  imagePresent: () => imagePresent(api, file),
  imageExport: () => exportTo(api['1.0'].images[name], file),
  export: () => exportTo(api['1.0'].instances.bench, file, { compression: 'none' }),
  import: () => importFrom(api['1.0'].instances.copy, file),
}

await warmUp()
const growth = watchGrowth()
const cpuBefore = process.cpuUsage()
const start = performance.now()
await work[kind]()
const ms = performance.now() - start
const { user, system } = process.cpuUsage(cpuBefore)
process.send?.({ ms, cpuMs: (user + system) / 1000, growth: growth() / 1e6 } satisfies JobResult)
await api.close()
process.disconnect()

// Loads and compiles the code before the measurement.
async function warmUp(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lxdapi-job-'))
  try {
    writeFileSync(join(dir, 'small'), 'small')
    await filePush(api['1.0'].instances.bench, '/root/small', join(dir, 'small'))
    await filePull(api['1.0'].instances.bench, '/root/small', join(dir, 'small'))
    await fileDelete(api['1.0'].instances.bench, '/root/small')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
