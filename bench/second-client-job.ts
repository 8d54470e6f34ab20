import type { Connection } from '../test/daemon/index.ts'
import { askAsSecondClient } from '../test/servers/second-client.ts'

// The process of SecondClient: for each message, sends so many GETs over new connections, and answers how many ms each
// took.
const connection = JSON.parse(String(process.argv[2])) as Connection
// Longer than an idle connection that blocks it is kept open.
const TIMEOUT_MS = 60_000

process.on('message', async (times: number) => {
  const took: number[] = []
  for (let time = 0; time < times; time++) {
    const start = performance.now()
    await askAsSecondClient(connection, '/1.0', TIMEOUT_MS)
    took.push(performance.now() - start)
  }
  process.send?.(took)
})
