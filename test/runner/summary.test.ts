import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { reporterArguments } from './reporters.ts'

const PASSES = `test('passes', () => {})`
const SKIPS = `
  test('is skipped', { skip: 'no such program' }, () => {})
  describe('a suite', () => it('is skipped as well', t => t.skip('no such program')))
  test('is skipped without a reason', { skip: true }, () => {})`
const FAILS = `test('fails', () => { throw new Error('it does') })`

interface Verdict {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs tests as `npm test` does. */
function runTests(t: TestContext, source: string, env: NodeJS.ProcessEnv = {}): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'skipped-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'some.test.mjs')
  writeFileSync(file, `import { describe, it, test } from 'node:test'\n${source}`)
  const args = ['--import', 'tsx', '--test', ...reporterArguments(), file]
  // Without the variables that would make it part of this run.
  const { NODE_TEST_CONTEXT, CI, ...ours } = process.env
  const cwd = join(import.meta.dirname, '../..')
  return spawnSync(process.execPath, args, { encoding: 'utf8', cwd, env: { ...ours, ...env } })
}

test('tests that are skipped are told with their reasons, and the run passes', t => {
  const { status, stdout, stderr } = runTests(t, `${PASSES}\n${SKIPS}`)
  assert.equal(status, 0)
  assert.equal(stderr, 'Skipped 2: no such program\nSkipped 1: no reason given\n')
  assert.match(stdout, /^# tests 4\n(# .*\n)*# pass 1\n(# .*\n)*# skipped 3\n/m)
})

test('with CI=true a run with a skipped test fails, after the ordinary report', t => {
  const { status, stdout, stderr } = runTests(t, `${PASSES}\n${SKIPS}`, { CI: 'true' })
  assert.equal(status, 1)
  assert.match(stderr, /^FAILED: with CI=true no test may be skipped\n$/m)
  assert.match(stdout, /^# tests 4\n(# .*\n)*# pass 1\n(# .*\n)*# skipped 3\n/m)
})

test('with CI=true a run in which all tests pass passes', t => {
  const { status, stderr } = runTests(t, PASSES, { CI: 'true' })
  assert.deepEqual([status, stderr], [0, ''])
})

test('each test that fails is told once at the end, with its place and its error', t => {
  const { status, stderr } = runTests(t, `${PASSES}\ndescribe('a suite', () => { ${FAILS} })`)
  assert.equal(status, 1)
  assert.match(stderr, /^FAILED: fails \(.*some\.test\.mjs:3\)\n {2}Error: it does\n/)
  assert.equal(stderr.match(/^FAILED/gm)?.length, 1)
})

test('of a skipped suite each test is skipped by its name, and no hook runs', t => {
  const functions = new URL('../integration/node-test.ts', import.meta.url)
  const { status, stdout, stderr } = runTests(
    t,
    `import { after, before, describe as suite, it as check } from ${JSON.stringify(functions.href)}
    const fail = () => { throw new Error('it ran') }
    suite('Incus', { skip: 'no incusd' }, () => {
      before(fail)
      after(fail)
      check('starts', fail)
      suite('over HTTPS', {}, () => check('answers', fail))
      check('stops', { skip: 'another reason' }, fail)
    })
    suite('LXD', { skip: undefined }, () => {
      let started = false
      before(() => { started = true })
      suite('over HTTPS', { skip: 'no address' }, () => check('answers', fail))
      check('is started before', () => { if (!started) fail() })
      check('creates bridges', { skip: 'no dnsmasq' }, fail)
    })`,
  )
  assert.equal(status, 0)
  assert.deepEqual(stdout.match(/(?<=^ *ok \d+ - ).*(?= # SKIP)|(?<= # SKIP ).*/gm), [
    ...['starts', 'no incusd', 'answers', 'no incusd', 'stops', 'no incusd'],
    ...['answers', 'no address', 'creates bridges', 'no dnsmasq'],
  ])
  assert.match(stdout, /^# tests 6$/m)
  assert.match(stdout, /^# pass 1$/m)
  assert.equal(stderr, 'Skipped 3: no incusd\nSkipped 1: no address\nSkipped 1: no dnsmasq\n')
})
