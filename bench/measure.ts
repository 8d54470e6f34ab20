/** One way to do the same thing; `run` does it that often. */
export interface Contender {
  readonly name: string
  readonly run: (times: number) => void | Promise<void>
}

/** What one turn of a contender took, in µs each time. */
export interface Cost {
  readonly wall: number
  readonly cpu: number
}

/** How many rounds, and how often it is done in each. */
export interface Plan {
  readonly rounds: number
  readonly times: number
}

/**
 * What each contender costs in each round.
 *
 * They take turns within a round, and another one begins in each, so that whatever else this machine does meanwhile
 * hits all of them alike: compare what stands in the same round.
 */
export async function measure(
  contenders: readonly Contender[],
  { rounds, times }: Plan,
): Promise<Map<string, Cost[]>> {
  const costs = new Map<string, Cost[]>(contenders.map(({ name }) => [name, []]))
  for (const contender of contenders) await runOnce(contender, 2 * times)
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotate(contenders, round)) {
      costs.get(contender.name)?.push(await runOnce(contender, times))
    }
  }
  return costs
}

/** Does something one after the other, each time awaited. */
export function repeatAsync(once: () => Promise<unknown>): Contender['run'] {
  return async times => {
    for (let time = 0; time < times; time++) await once()
  }
}

/** Does something that is over at once; it is told how often it was done. */
export function repeatSync(once: (time: number) => unknown): Contender['run'] {
  return times => {
    for (let time = 0; time < times; time++) lastResult = once(time)
  }
}

/** What was done last, so that V8 can't leave it out. */
export let lastResult: unknown

/** The value in the middle; `share` 0.25 and 0.75 are the quartiles. */
export function quantile(values: readonly number[], share = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
}

async function runOnce({ run }: Contender, times: number): Promise<Cost> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await run(times)
  const wall = (performance.now() - start) * 1000
  const { user, system } = process.cpuUsage(cpu)
  return { wall: wall / times, cpu: (user + system) / times }
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
