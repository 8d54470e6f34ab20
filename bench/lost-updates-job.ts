import { createInterface } from 'node:readline'
import { API, APIException, type Path, present, update } from '../src/index.ts'

// A process of lost-updates.ts: reads a job from each line, and prints how many changes failed.

/** The job of one process. */
export interface Job {
  readonly work: 'count' | 'own' | 'present'
  /** The URL of the profile that all processes change. */
  readonly profile: string
  readonly changes: number
}

const [, , socketPath, index] = process.argv
const api = API.factory({ socketPath })
// Connects before the measurement.
await api['1.0'].get()
console.log('ready')
for await (const line of createInterface(process.stdin)) {
  const { work, profile, changes } = JSON.parse(line) as Job
  let failed = 0
  for (let change = 0; change < changes; change++) {
    try {
      await makeChange(api.forUrl(profile), work, `user.own-${index}-${change}`)
    } catch (error) {
      if (!(error instanceof APIException)) throw error
      failed += 1
    }
  }
  console.log(failed)
}
await api.close()

async function makeChange(profile: Path, work: Job['work'], key: string): Promise<void> {
  if (work === 'present') await present(profile, { config: { [key]: '1' } })
  else
    await update(profile, ({ config }) => {
      if (work === 'own') config[key] = '1'
      else config['user.count'] = String(Number(config['user.count']) + 1)
    })
}
