/** One of several ways to do the same; `run` does it so many times. */
export interface Contender {
  readonly name: string
  readonly run: (times: number) => void | Promise<void>
}

/** The cost of one run in µs per repetition. */
export interface Cost {
  readonly wall: number
  readonly cpu: number
}

/** The number of rounds, and of repetitions in each. */
export interface Plan {
  readonly rounds: number
  readonly times: number
}

/**
 * Measures the cost of each contender in each round.
 *
 * In each round all contenders run, each round beginning with another one, so that other load on this machine affects
 * all of them alike: compare costs of the same round.
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

/** Repeats an asynchronous function, sequentially. */
export function repeatAsync(once: () => Promise<unknown>): Contender['run'] {
  return async times => {
    for (let time = 0; time < times; time++) await once()
  }
}

/** Repeats a synchronous function, which gets the number of the repetition. */
export function repeatSync(once: (time: number) => unknown): Contender['run'] {
  return times => {
    for (let time = 0; time < times; time++) lastResult = once(time)
  }
}

/** The last result of {@link repeatSync}, so that V8 can't optimize the calls away. */
export let lastResult: unknown

/** Returns how many times as large values are as others of the same round. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? Number.NaN))
}

/** Returns a quantile: the median by default; the quartiles with `share` 0.25 and 0.75. */
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

/** Returns the same items, beginning with another one in each round. */
export function rotate<T>(items: readonly T[], by: number): T[] {
  const first = by % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
