import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runScript } from '../runner/run-script.ts'
import { type Answer, serve, started } from '../servers/server.ts'

const PEM = '-----BEGIN PRIVATE KEY-----\\nhunter2-pem\\n-----END PRIVATE KEY-----\\n'
const DEBUG = 'lxdapi,lxdapi:curl'

// Answers with secrets, and sends back those that it is given.
const echo: Answer = ({ url, body, headers }) => {
  const fds = { 0: 'hunter2-fd0', 1: 'hunter2-fd1', control: 'hunter2-control' }
  const metadata = { fds, secret: 'hunter2-token', tokens: ['x'], request: readJson(body), headers }
  const { json } = started()
  const answer = { ...(json as object), metadata: { id: '1', class: 'token', status_code: 103, metadata } }
  if (!url.includes('fail')) return { status: 202, json: answer }
  return { status: 400, json: { ...answer, type: 'error', error_code: 400, error: `${url} was refused` } }
}

const CALLS = [
  `web.exec.post({ command: ['ls'], environment: { PASSWORD: 'hunter2-env', API_KEY: 'hunter2-env' } })`,
  `api.certificates.post({ type: 'client', password: 'hunter2-trust', name: 'me' })`,
  `api.certificates.post({ type: 'client', trust_token: 'hunter2-trust' })`,
  `api.put({ config: { 'core.trust_password': 'hunter2-trust', 'user.pem': '${PEM}' } })`,
  `web.get({ headers: { Authorization: 'Bearer hunter2-bearer', Cookie: 'a=hunter2-cookie' } })`,
  `api.operations['1'].websocket_.get({ query: { secret: 'hunter2-query' } })`,
  `web.files.post('hunter2-file')`,
  `web.files.post(Buffer.from('${PEM}'))`,
  `web.patch({ config: { 'user.user-data': '#cloud-config\\npassword: hunter2-cloud\\n' } })`,
]

test('neither the trace nor a printed result shows a secret', async t => {
  const { origin, received } = await serve(t, echo)
  const script = `import { inspect } from 'node:util'
    const web = api.instances.web
    for (const call of [${CALLS.map(call => `() => ${call}`)}]) {
      const result = await call()
      console.log(result, [result.request], inspect(result, { depth: 20 }), JSON.stringify({ result }))
      console.log(String(result.request), result.api, web)
    }`
  const { stdout, stderr, code } = await runScript(script, origin, { DEBUG })
  assert.equal(code, 0, stderr)
  assert.equal(received.length, CALLS.length)
  // What is tested has been sent, and has been printed.
  assert.match(received.map(({ body }) => String(body)).join(), /hunter2-trust.*hunter2-pem.*hunter2-file/s)
  assert.match(stdout, /APIResult \{/)
  assert.match(stderr, /lxdapi:curl curl .*lxdapi POST .*"fds"/s)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
})

test('a printed exception shows no secret', async t => {
  const { origin, received } = await serve(t, echo)
  const script = `import { inspect } from 'node:util'
    const web = api.instances.web
    for (const call of [${CALLS.map(call => `() => ${fail(call)}`)}]) {
      const error = await call().catch(reason => reason)
      console.log(error, error.message, error.stack, inspect(error, { depth: 20 }), JSON.stringify({ error }))
    }`
  const { stdout, stderr, code } = await runScript(script, origin, { DEBUG })
  assert.equal(code, 0, stderr)
  assert.equal(received.length, CALLS.length)
  assert.match(stdout, /APIException: \w+ http.*was refused/)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
})

test('an exception that nobody caught shows no secret', async t => {
  const { origin } = await serve(t, echo)
  const print = async (call: string): Promise<void> => {
    const { stderr, code } = await runScript(`const web = api.instances.web\nawait ${fail(call)}`, origin)
    assert.equal(code, 1)
    assert.match(stderr, /APIException: \w+ http.*was refused.*statusCode: 400.*Node\.js v/s)
    assert.doesNotMatch(stderr, /hunter2/)
  }
  await Promise.all(CALLS.slice(0, 2).map(print))
})

test('a connection that fails shows no secret either', async () => {
  const script = `const call = () => api.certificates.post({ password: 'hunter2' }, { headers: { authorization: 'hunter2' }, query: { secret: 'hunter2' } })
    await call().catch(error => console.log(error, error.cause))
    await call()`
  const { stdout, stderr, code } = await runScript(script, 'http://127.0.0.1:1', { DEBUG })
  assert.equal(code, 1)
  assert.match(stdout, /APIConnectionException: POST/)
  assert.match(stderr, /failed: connect ECONNREFUSED/)
  assert.doesNotMatch(stdout + stderr, /hunter2/)
})

// The same call, to where it fails.
function fail(call: string): string {
  return call.replace(/^(\w+)\./, '$1.fail.')
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    return undefined
  }
}
