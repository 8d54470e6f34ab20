import { appendFileSync } from 'node:fs'

/** What a bench measured, and what it had to reach. */
export interface Goal {
  /** What was measured: `LXD over its socket: file push`. */
  readonly row: string
  /** `at least 1.0 of the speed of lxc`. */
  readonly goal: string
  readonly figure: string
  readonly isMet: boolean
}

/** The file that collects the goals of all benches of a run; each bench is a process of its own. */
export const GOALS_VARIABLE = 'LXDAPI_BENCH_GOALS'

/** Prints a goal, and whether it is met; `npm run bench` prints all of them in the end. */
export function reportGoal(goal: Goal): void {
  console.log(`\n  ${verdict(goal)}: ${goal.row}: ${goal.figure} (${goal.goal})`)
  const file = process.env[GOALS_VARIABLE]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(goal)}\n`)
}

/** Reports how many times as fast as another program this library is, which has to be at least `atLeast`. */
export function reportSpeed(row: string, program: string, ratio: number, atLeast = 1): void {
  const goal = `at least ${atLeast.toFixed(1)} of ${program}`
  const figure = ratio.toFixed(2)
  // What is read is what counts.
  reportGoal({ row, goal, figure, isMet: Number(figure) >= atLeast })
}

export function verdict({ isMet }: Goal): string {
  return isMet ? 'met' : 'MISSED'
}
