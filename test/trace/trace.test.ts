import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runScript } from '../runner/run-script.ts'
import { failure, type Reply, serve, started, sync } from '../servers/server.ts'

const PUT = `await api.instances.web.state.put({ action: 'stop', timeout: 30 })`

test('DEBUG=lxdapi prints a transaction with tabs, then its status and its answer', async t => {
  const { origin } = await serve(t, started(), { onSocket: true })
  const { stderr } = await runScript(PUT, origin, { DEBUG: 'lxdapi' })
  assert.equal(
    stderr,
    `lxdapi PUT ${origin}/1.0/instances/web/state
{
	"action": "stop",
	"timeout": 30
} HTTP/202
{
	"type": "async",
	"status": "Operation created",
	"status_code": 100,
	"operation": "/1.0/operations/1",
	"error_code": 0,
	"error": "",
	"metadata": {
		"id": "1",
		"class": "task",
		"status": "Running",
		"status_code": 103,
		"err": ""
	}
}
`,
  )
})

test('debug.enable() starts the trace of an API that is in use', async t => {
  const { origin } = await serve(t, { json: [] })
  const script = `const { default: debug } = await import('debug')
    await api.get()
    debug.enable('lxdapi')
    await api.instances.get()
    debug.disable()
    await api.get()`
  const { stderr } = await runScript(script, origin, { DEBUG: '' })
  assert.equal(stderr, `lxdapi GET ${origin}/1.0/instances HTTP/200\n[]\n`)
})

test('a request without a body is its URL, with the query', async t => {
  const { origin } = await serve(t, { json: [] })
  const { stderr } = await runScript('await api.get({ query: { project: "a b" } })', origin, {
    DEBUG: 'lxdapi',
  })
  assert.equal(stderr, `lxdapi GET ${origin}/1.0?project=a%20b HTTP/200\n[]\n`)
})

test('raw bodies are told by their size or kind, and never read', async t => {
  const { origin } = await serve(t, { headers: { 'content-type': 'text/plain' }, body: 'hunter2' })
  const { stderr } = await runScript(`await (await api.post('hunter2')).text()`, origin, { DEBUG: 'lxdapi' })
  assert.equal(stderr, `lxdapi POST ${origin}/1.0\n<7 bytes> HTTP/200\n<text/plain>\n`)
})

test('failures are shown: of the server, of the connection, of an answer that can not be read', async t => {
  const { origin } = await serve(t, ({ url }) => replies[url])
  const replies: Record<string, Reply> = {
    '/1.0/no': { status: 404, body: 'not here' },
    '/1.0/broken': { headers: { 'content-type': 'application/json' }, body: '{"a' },
  }
  const script = `const nobody = API.factory({ baseUrl: 'http+unix://%2Fno%2Fsuch' })
    await Promise.allSettled([api.no.get()])
    await Promise.allSettled([api.broken.get()])
    await Promise.allSettled([nobody.get()])
    await Promise.allSettled([api.slow.get({ signal: AbortSignal.timeout(20) })])`
  const { stderr } = await runScript(script, origin, { DEBUG: 'lxdapi' })
  const [no, broken, nobody, slow] = stderr.split('lxdapi GET ').slice(1)
  assert.equal(no, `${origin}/1.0/no HTTP/404\nnot here\n`)
  assert.match(broken ?? '', /\/1\.0\/broken failed: The answer is not valid JSON: SyntaxError/)
  assert.match(
    nobody ?? '',
    /^http\+unix:\/\/%2Fno%2Fsuch\/ failed: connect ENOENT .*\(there is no such socket/,
  )
  assert.match(slow ?? '', /\/1\.0\/slow failed: TimeoutError/)
})

test('an error of the server is shown with its words', async t => {
  const { origin } = await serve(t, failure(400, 'bad name'))
  const { stderr } = await runScript('await api.get().catch(() => {})', origin, { DEBUG: 'lxdapi' })
  assert.match(stderr, /^lxdapi GET http.* HTTP\/400\n\{\n\t"type": "error",/)
  assert.match(stderr, /\t"error": "bad name"/)
})

test('debug: true prints the calls of one API whatever DEBUG says, and debug: false none', async t => {
  const { origin } = await serve(t, sync(null))
  const script = `const [loud, silent] = [true, false].map(debug => API.factory({ baseUrl: process.env.BASE_URL, debug }))
    await loud.path('loud').get()
    await silent.path('silent').get()
    await api.path('neither').get()`
  const off = await runScript(script, origin)
  assert.match(off.stderr, /^lxdapi GET .*\/loud HTTP\/200\n/)
  assert.doesNotMatch(off.stderr, /silent|neither/)
  const on = await runScript(script, origin, { DEBUG: 'lxdapi,lxdapi:curl' })
  assert.match(on.stderr, /lxdapi GET .*\/neither/)
  assert.doesNotMatch(on.stderr, /silent/)
})

test('a stream that fails while the trace is being loaded fails its call only', async t => {
  const { origin } = await serve(t, sync(null))
  const script = `const { createReadStream } = await import('node:fs')
    await api.images.post(createReadStream('/nowhere/file')).catch(({ error }) => console.log(error))`
  const { code, stdout } = await runScript(script, origin, { DEBUG: 'lxdapi' })
  assert.equal(code, 0)
  assert.match(stdout, /^The stream to send failed: Error: ENOENT/)
})

test('without DEBUG nothing is printed', async t => {
  const { origin } = await serve(t, sync(null))
  const run = await runScript(PUT, origin)
  assert.deepEqual(run, { code: 0, stdout: '', stderr: '' })
})
