/**
 * Reports to `node --test` how many tests were skipped, for each reason.
 *
 * With `CI=true` they make the run a failure: a machine that others rely on has to run all tests.
 *
 * In JavaScript, since Node 20 loads reporters before the modules that `--import` names.
 */
export default async function* skippedReporter(events) {
  const counts = new Map()
  for await (const { type, data } of events) {
    const { skip } = data ?? {}
    if (type !== 'test:pass' || skip === undefined || skip === false) continue
    const reason = skip === true ? 'no reason given' : skip
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  for (const [reason, count] of counts) yield `Skipped ${count}: ${reason}\n`
  if (counts.size === 0 || process.env['CI'] !== 'true') return
  yield 'FAILED: with CI=true no test may be skipped\n'
  process.exitCode = 1
}
