const SUMMARY = new URL('summary-reporter.js', import.meta.url).href

/** Returns the arguments of `node --test` for its default report, followed by a summary of failed and skipped tests. */
export function reporterArguments(): string[] {
  const ordinary = process.stdout.isTTY ? 'spec' : 'tap'
  return [
    `--test-reporter=${ordinary}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${SUMMARY}`,
    '--test-reporter-destination=stderr',
  ]
}
