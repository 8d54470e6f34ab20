import type { Connection } from '../test/daemon/index.ts'
import { askAsSecondClient } from '../test/servers/second-client.ts'

// The program of another client: sends so many GETs over new connections whenever it is told to, and tells how long each
// took in ms.
const connection = JSON.parse(String(process.argv[2])) as Connection
// What stands in its way for as long as an idle connection is kept, it has to outlast.
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
