import type { ServerUnderTest } from '../test/daemon/index.ts'
import { serversOverSocket } from '../test/integration/servers.ts'

// Only servers whose name includes this text, such as `Incus`.
const ONLY = process.env['LXDAPI_BENCH_SERVER'] ?? ''

/** Runs a benchmark on each server that is installed, over its socket, and ends the process. */
export async function benchEachServer(bench: (server: ServerUnderTest) => Promise<void>): Promise<never> {
  for (const server of serversOverSocket().filter(({ label }) => label.includes(ONLY))) {
    if (server.missing === undefined) await bench(server)
    else console.log(`\n  without ${server.label}: ${server.missing}`)
  }
  process.exit()
}
