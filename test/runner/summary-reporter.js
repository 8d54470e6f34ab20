/**
 * Reports to `node --test`, after all else, which tests failed and with what, and how many were skipped for each reason.
 *
 * With `CI=true` skipped tests make the run a failure: a machine that others rely on has to run all tests.
 *
 * In JavaScript, since Node 20 loads reporters before the modules that `--import` names.
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

/** Whether a test failed by itself, and not because one of its subtests did. */
function isOwnFailure({ details }) {
  return details.error?.failureType !== 'subtestsFailed'
}

function describe({ name, file, line, details }) {
  const { cause, message } = details.error
  const place = file === undefined ? '' : ` (${file}:${line})`
  return `FAILED: ${name}${place}\n${String(cause?.stack ?? cause ?? message).replace(/^/gm, '  ')}\n`
}
