import { type ServerUnderTest, serversUnderTest } from '../test/daemon/index.ts'

/** Runs a benchmark on each server that is installed, over its socket, and ends the process. */
export async function benchEachServer(bench: (server: ServerUnderTest) => Promise<void>): Promise<never> {
  for (const server of serversUnderTest().filter(({ label }) => label.endsWith('socket'))) {
    if (server.missing === undefined) await bench(server)
    else console.log(`\n  without ${server.label}: ${server.missing}`)
  }
  process.exit()
}
