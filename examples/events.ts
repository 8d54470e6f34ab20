import { API, events } from '../src/index.ts'

// Prints what a server does, until Ctrl-C or for so many seconds:
//
//   npx tsx examples/events.ts [seconds]

const [seconds] = process.argv.slice(2)
const signal = seconds === undefined ? undefined : AbortSignal.timeout(Number(seconds) * 1000)
await using api = API.factory()

try {
  for await (const event of events(api, { type: ['lifecycle', 'operation'], allProjects: true, signal })) {
    const time = event.timestamp.slice(11, 19)
    if (event.type === 'gap')
      console.log(time, 'the connection was lost, and with it what happened since', event.metadata.since)
    else if (event.type === 'lifecycle') console.log(time, event.metadata.action, event.metadata.source)
    else console.log(time, event.metadata.description, event.metadata.status)
  }
} catch (error) {
  if (!signal?.aborted) throw error
}
