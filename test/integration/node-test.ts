import * as nodeTest from 'node:test'

// Of a skipped suite, node:test tells nothing but its title, and counts none of its tests. With these functions each of
// its tests is skipped, by its name and with the reason.

/** How a suite or a test is declared. */
export interface Options {
  /** Why it cannot run here. */
  readonly skip?: string | undefined
}

type TestFn = (t: nodeTest.TestContext) => unknown
type HookFn = () => unknown

// Why the suite whose tests are being declared is skipped.
let reason: Options['skip']

/** Declares a suite; where it is skipped, each of its tests is, and none of its hooks runs. */
export function describe(title: string, options: Options, declare: () => void): void {
  const skip = reason ?? options.skip
  nodeTest.describe(title, () => {
    const outer = reason
    reason = skip
    declare()
    reason = outer
  })
}

/** Declares a test. */
export function it(name: string, run: TestFn): void
export function it(name: string, options: Options, run: TestFn): void
export function it(name: string, ...rest: [TestFn] | [Options, TestFn]): void {
  const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest
  nodeTest.it(name, { skip: reason ?? options.skip ?? false }, async t => {
    await run(t)
  })
}

/** Runs something before the first test of a suite, unless the suite is skipped. */
export function before(run: HookFn): void {
  if (reason === undefined) nodeTest.before(async () => void (await run()))
}

/** Runs something after the last test of a suite, unless the suite is skipped. */
export function after(run: HookFn): void {
  if (reason === undefined) nodeTest.after(async () => void (await run()))
}
