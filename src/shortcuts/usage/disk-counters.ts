import { isDeepStrictEqual } from 'node:util'
import type { Path } from '../../path.ts'
import type { Fields } from '../shared/fields.ts'
import type { MetricSample } from './open-metrics.ts'
import { readMetrics } from './read-metrics.ts'
import { type DiskRates, growthOf } from './sample.ts'

interface Counters {
  readonly at: number
  readonly samples: readonly MetricSample[]
}

type Field = keyof DiskRates

const FIELDS: Readonly<Record<string, Field>> = {
  disk_read_bytes_total: 'read',
  disk_written_bytes_total: 'written',
}

/** The counters of disks in the metrics, which only the metrics have. */
export class DiskCounters {
  readonly #metrics: Path
  #counters: Counters | undefined
  #rates = new Map<string, Record<Field, number>>()

  constructor(path: Path) {
    this.#metrics = path.forUrl('/1.0/metrics').with({ query: { 'all-projects': undefined } })
  }

  /** Reads them; resolves with the rates of an instance since they were updated before. */
  async read(): Promise<(instance: Fields) => DiskRates> {
    const next = { at: performance.now(), samples: await readMetrics(this.#metrics) }
    // The servers give the same text for 8 seconds.
    if (!isDeepStrictEqual(next.samples, this.#counters?.samples)) {
      if (this.#counters !== undefined) this.#rates = ratesBetween(this.#counters, next)
      this.#counters = next
    }
    return ({ project, name }) => this.#rates.get(`${project}/${name}`) ?? { read: 0, written: 0 }
  }
}

function ratesBetween(before: Counters, now: Counters): Map<string, Record<Field, number>> {
  const former = new Map(before.samples.map(sample => [keyOf(sample), sample.value]))
  const seconds = (now.at - before.at) / 1000
  const rates = new Map<string, Record<Field, number>>()
  for (const sample of now.samples) {
    const field = FIELDS[sample.name]
    if (field === undefined) continue
    const instance = `${sample.labels['project']}/${sample.labels['name']}`
    const rate = rates.get(instance) ?? { read: 0, written: 0 }
    rate[field] += growthOf(former.get(keyOf(sample)) ?? sample.value, sample.value) / seconds
    rates.set(instance, rate)
  }
  return rates
}

function keyOf({ name, labels }: MetricSample): string {
  return JSON.stringify([name, labels])
}
