/**
 * Reports to `node --test`, at the end, the failed tests with their errors, and how many were skipped for each reason.
 *
 * With `CI=true` the run fails if a test is skipped: CI has to run all tests.
 *
 * This is JavaScript, since Node.js 20 loads reporters before the modules of `--import`.
 */
export default async function* summaryReporter(events) {
  const failures = []
  const skips = new Map()
  for await (const { type, data } of events) {
    if (type === 'test:fail' && isOwnFailure(data)) failures.push(describe(data))
    if (type === 'test:pass' && data.skip) count(skips, data.skip === true ? 'no reason given' : data.skip)
  }
  yield* failures
  for (const [reason, times] of skips) yield `Skipped ${times}: ${reason}\n`
  if (skips.size === 0 || process.env['CI'] !== 'true') return
  yield 'FAILED: with CI=true no test may be skipped\n'
  process.exitCode = 1
}

function count(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Whether a test failed itself, and not only one of its subtests. */
function isOwnFailure({ details }) {
  return details.error?.failureType !== 'subtestsFailed'
}

function describe({ name, file, line, details }) {
  const { cause, message } = details.error
  const place = file === undefined ? '' : ` (${file}:${line})`
  return `FAILED: ${name}${place}\n${String(cause?.stack ?? cause ?? message).replace(/^/gm, '  ')}\n`
}
