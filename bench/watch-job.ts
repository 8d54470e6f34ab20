import { subscribe } from 'node:diagnostics_channel'
import { API, type ApiPath, type Path, watch } from '../src/index.ts'
import type { Connection } from '../test/daemon/index.ts'

// Watches the instances of a server, in a process of its own, whose processor time is that of watching.

/** What watching has cost since the last report. */
export interface WatchReport {
  readonly size: number
  readonly changes: number
  /** Of lists, and of single items. */
  readonly lists: number
  readonly items: number
  /** Milliseconds of processor time. */
  readonly cpu: number
  /** The value of `user.n` of each instance. */
  readonly values: readonly string[]
}

// Safe cast: the parent passes it.
const connection = JSON.parse(process.argv[2] ?? '') as Connection
const api = API.factory(connection) as ApiPath
const instances: Path = api.path('1.0', 'instances')
const counts = { lists: 0, items: 0, changes: 0 }
subscribe('undici:request:create', message => {
  // Safe cast: that is what undici's documentation says.
  const { path } = (message as { request: { path: string } }).request
  if (path.startsWith('/1.0/instances?')) counts.lists += 1
  else if (path.startsWith('/1.0/instances/')) counts.items += 1
})
const live = await watch(instances)
let begin = process.cpuUsage()
process.on('message', () => {
  const { user, system } = process.cpuUsage(begin)
  const values = [...live].map(({ config }) => String(config['user.n']))
  const report: WatchReport = { ...counts, size: live.size, cpu: (user + system) / 1000, values }
  process.send?.(report)
  Object.assign(counts, { lists: 0, items: 0, changes: 0 })
  begin = process.cpuUsage()
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
for await (const _ of live.changes()) counts.changes += 1
