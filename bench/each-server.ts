import { type ServerUnderTest, serversUnderTest } from '../test/daemon/index.ts'

// Only servers whose name includes this text: `Incus`, or `HTTPS` for those over HTTPS instead of their sockets.
const ONLY = process.env['LXDAPI_BENCH_SERVER'] ?? 'socket'

/** Runs a benchmark on each server that is installed, over its socket, and ends the process. */
export async function benchEachServer(bench: (server: ServerUnderTest) => Promise<void>): Promise<never> {
  const transport = ONLY.includes('HTTPS') ? 'HTTPS' : 'socket'
  const servers = serversUnderTest().filter(({ label }) => label.endsWith(transport) && label.includes(ONLY))
  for (const server of servers) {
    if (server.missing === undefined) await bench(server)
    else console.log(`\n  without ${server.label}: ${server.missing}`)
  }
  process.exit()
}
