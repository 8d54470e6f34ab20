const SUMMARY = new URL('summary-reporter.js', import.meta.url).href

/** What makes `node --test` report as it does by default, and tell at the end what failed and what was skipped. */
export function reporterArguments(): string[] {
  const ordinary = process.stdout.isTTY ? 'spec' : 'tap'
  return [
    `--test-reporter=${ordinary}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${SUMMARY}`,
    '--test-reporter-destination=stderr',
  ]
}
