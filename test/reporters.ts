const SKIPPED = new URL('skipped-reporter.js', import.meta.url).href

/** What makes `node --test` report as it does by default, and tell at the end what was skipped. */
export function reporterArguments(): string[] {
  const ordinary = process.stdout.isTTY ? 'spec' : 'tap'
  return [
    `--test-reporter=${ordinary}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${SKIPPED}`,
    '--test-reporter-destination=stderr',
  ]
}
