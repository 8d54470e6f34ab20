import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { format } from 'node:util'
import createDebug from 'debug'
import { runScript } from '../runner/run-script.ts'
import { serve, sync } from '../servers/server.ts'

const DEBUG = 'lxdapi,lxdapi:curl'

test('a JSON document that is nested 200,000 times is answered and traced, down to some depth', async t => {
  const deep = 200_000
  const body = `{"type":"sync","metadata":${'[{"a":'.repeat(deep / 2)}"hunter2"${'}]'.repeat(deep / 2)}}`
  const { origin } = await serve(t, { headers: { 'content-type': 'application/json' }, body })
  const script = `import { inspect } from 'node:util'
    const result = await api.get()
    console.log(inspect(result, { depth: 1000 }), JSON.stringify(result).length)`
  const { code, stdout, stderr } = await runScript(script, origin, { DEBUG })
  assert.equal(code, 0, stderr.slice(-1000))
  assert.match(stderr, /lxdapi GET http.* HTTP\/200\n\{\n\t"type": "sync",.*"…"/s)
  assert.match(stdout, /'…'/)
  assert.doesNotMatch(stdout + stderr, /hunter2|could not be made/)
})

// What looks like the beginning of a secret, and comes again and again.
const BEGINNINGS = [
  'passw',
  'password',
  'password=',
  'password: ',
  '\npassword:',
  'password:\n',
  'password="',
  `password='\\`,
  '"password":{',
  "password=['",
  '&password=',
  '?x=%25',
  '//a:',
  'login -p ',
  'bearer ',
  'eyJ.',
  '--password ',
  'a eq ',
  'a.',
  ' ',
  '\\"',
]

test('texts of 3 MB are masked in time that grows with them', async () => {
  // In a time that grows with the square, one of them would take hours.
  const script = `const { redactText } = await import('./src/redact/redact.ts')
    redactText('passw'.repeat(6e5) + ':' + String.fromCharCode(10))
    for (const beginning of ${JSON.stringify(BEGINNINGS)})
      redactText(beginning.repeat(1e6 / beginning.length) + String.fromCharCode(10))
    console.log('done')`
  const { code, stdout, stderr } = await runScript(script, 'http://127.0.0.1:1')
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'done\n', stderr: '' })
})

test('a wide document is masked in time that grows with it', async () => {
  const script = `const { redact } = await import('./src/redact/redact.ts')
    const fields = Object.fromEntries(Array.from({ length: 1e5 }, (_, n) => ['password' + n, 'hunter2']))
    const list = Array.from({ length: 1e5 }, () => '-p')
    console.log(JSON.stringify(redact({ fields, list })).includes('hunter2'))`
  const { code, stdout, stderr } = await runScript(script, 'http://127.0.0.1:1')
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'false\n', stderr: '' })
})

function useLog(t: TestContext, log: (...words: unknown[]) => void): void {
  const before = createDebug.log
  createDebug.log = log
  createDebug.enable(DEBUG)
  t.after(() => {
    createDebug.log = before
    createDebug.disable()
  })
}

// Read once to be sent, it can't be read again to be shown.
function readOnce(): object {
  let reads = 0
  return {
    get name(): string {
      reads += 1
      if (reads > 1) throw new RangeError('hunter2')
      return 'web'
    },
  }
}

test('a call does not fail because its trace can not be made, and the trace says so', async t => {
  const lines: string[] = []
  useLog(t, (...words) => lines.push(format(...words)))
  const { api, origin, received } = await serve(t, sync('done'))
  const result = await api.path('x').post(readOnce(), { query: { secret: 'hunter2' } })
  assert.equal(result.metadata, 'done')
  assert.equal(String(received[0]?.body), '{"name":"web"}')
  const said = `POST ${origin}/1.0/x (the trace could not be made: RangeError)`
  assert.match(lines[0] ?? '', /lxdapi:curl /)
  assert.ok(lines[0]?.endsWith(said), lines[0])
  assert.ok(lines[1]?.endsWith(said), lines[1])
  assert.equal(lines.length, 2)
})

test('a call that fails keeps its own failure where its trace can not be made', async t => {
  const lines: string[] = []
  useLog(t, (...words) => lines.push(format(...words)))
  const { api } = await serve(t, sync(null))
  const reason = Object.create(null)
  await assert.rejects(api.get({ signal: AbortSignal.abort(reason) }), (error: unknown) => error === reason)
  const slow = new AbortController()
  const call = api.path('x').get({ signal: slow.signal })
  slow.abort(reason)
  await assert.rejects(call, (error: unknown) => error === reason)
  assert.match(lines.at(-1) ?? '', /GET http:.*\/1\.0\/x \(the trace could not be made: TypeError\)$/)
})

test('a call does not fail because its trace can not be printed, and a warning says so', async t => {
  useLog(t, () => {
    throw new Error('no space left on device')
  })
  const warnings: string[] = []
  t.mock.method(process, 'emitWarning', (warning: string) => void warnings.push(warning))
  const { api, origin } = await serve(t, sync('done'))
  assert.equal((await api.get()).metadata, 'done')
  const warning = `lxdapi: GET ${origin}/1.0 (the trace could not be made: Error)`
  assert.deepEqual(warnings, [warning, warning])
})
