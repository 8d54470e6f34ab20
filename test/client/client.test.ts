import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { API, APIConnectionException } from '../../src/index.ts'
import { runScript } from '../runner/run-script.ts'
import { type Answer, serve, started, sync, until } from '../servers/server.ts'

const BIG = randomBytes(8 * 2 ** 20)

test('calls one after the other need no new connections', async t => {
  const { api, server } = await serve(t, sync(null))
  let connections = 0
  server.on('connection', () => connections++)
  for (let call = 0; call < 10; call++) await api.get()
  // undici is a moment late to know that a connection is free.
  assert.ok(connections <= 2, `${connections} connections`)
})

test('calls at the same time do not wait for each other', async t => {
  const answers: (() => void)[] = []
  const { api, received } = await serve(t, (_request, response) => {
    answers.push(() => response.end())
    return undefined
  })
  const calls = Array.from({ length: 20 }, () => api.get())
  await until(() => received.length === 20)
  for (const answer of answers) answer()
  assert.equal((await Promise.all(calls)).length, 20)
})

test('close() lets the calls under way end', async t => {
  const { root, api } = await serve(t, sync('answer'))
  const call = api.get()
  await root.close()
  assert.equal((await call).metadata, 'answer')
})

test('close() drops a body that nobody reads, compressed or not', async t => {
  for (const headers of [{}, { 'Content-Encoding': 'gzip' }]) {
    const body = 'Content-Encoding' in headers ? gzipSync(BIG) : BIG
    const { root, api } = await serve(t, { headers, body }, { onSocket: true })
    const result = await api.logs.get()
    await root.close()
    assert.equal(result.body?.destroyed, true)
  }
})

test('close() lets a body arrive that somebody reads', async t => {
  const { root, api } = await serve(t, { body: BIG }, { onSocket: true })
  const reading = (await api.logs.get()).bytes()
  await root.close()
  assert.ok((await reading).equals(BIG))
})

test('close() may be called twice, and calls after it say that it was', async t => {
  const { root, api, received } = await serve(t, sync(null))
  await Promise.all([root.close(), root.close()])
  await root.close()
  await assert.rejects(api.get(), (error: Error) => {
    assert.ok(error instanceof APIConnectionException)
    assert.match(error.message, /\(close\(\) was called before this\)$/)
    return true
  })
  assert.deepEqual(received, [])
})

test('await using closes the API at the end of the block', async t => {
  const { origin } = await serve(t, sync('answer'))
  const use = async (): Promise<API> => {
    await using api = API.factory({ baseUrl: origin })
    assert.equal((await api.path('1.0').get()).metadata, 'answer')
    return api
  }
  const closed = await use()
  await assert.rejects(closed.path('1.0').get(), APIConnectionException)
})

test('a body that arrived whole and that nobody read is not kept', async t => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const ends: (() => void)[] = []
  const { api } = await serve(t, ({ url }, response) => {
    if (url.endsWith('whole')) return { body: 'a small log' }
    response.write('a small ')
    ends.push(() => response.end('log'))
    return undefined
  })
  const call = async (name: string): Promise<WeakRef<object>> =>
    new WeakRef((await api.logs.path(name).get()).body ?? assert.fail())
  for (const name of ['whole', 'in-pieces']) {
    const bodies = await Promise.all(Array.from({ length: 20 }, () => call(name)))
    for (const end of ends) end()
    await until(() => {
      collectGarbage()
      return bodies.some(body => body.deref() === undefined)
    })
  }
})

test('a script that forgets close() ends by itself', async t => {
  const { origin } = await serve(t, sync('answer'))
  const run = await runScript('console.log((await api.get()).metadata)', origin)
  assert.deepEqual(run, { code: 0, stdout: 'answer\n', stderr: '' })
})

test('a script that forgets a body ends by itself, whether it has arrived or not', async t => {
  const { origin } = await serve(t, ({ url }) => ({ body: url.endsWith('big') ? BIG : 'a small log' }))
  const run = await runScript('await api.small.get(); await api.big.get(); console.log("end")', origin)
  assert.deepEqual(run, { code: 0, stdout: 'end\n', stderr: '' })
})

test('a script that uses an API up to the end of a block ends by itself', async t => {
  const { origin } = await serve(t, { body: BIG })
  const script = `const root = API.factory({ baseUrl: process.env.BASE_URL })
    await root['1.0'].logs.get()
    await root.close()
    console.log('closed')`
  assert.deepEqual(await runScript(script, origin), { code: 0, stdout: 'closed\n', stderr: '' })
})

test('a failure is one rejection: caught once it is dealt with, else it is reported once', async t => {
  const answer: Answer = ({ url }) => (url === '/1.0/operation' ? started() : { status: 404 })
  const { origin } = await serve(t, answer)
  const script = `let count = 0
    process.on('unhandledRejection', () => count++)
    const pass = async () => { for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve)) }
    for (const call of [
      () => api.nope.get(),
      () => api.nope.get().wait(),
      () => api.operation.post({}).wait(),
      () => api.get({ timeout: -1 }),
      () => api.get({ signal: AbortSignal.abort() }),
      () => api.nope.get().finally(() => {}),
    ]) {
      count = 0
      await call().catch(() => {})
      await pass()
      const caught = count
      call()
      while (count === 0) await pass()
      await pass()
      console.log(caught, count)
    }`
  const { stdout, stderr, code } = await runScript(script, origin)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(stdout, '0 1\n'.repeat(6))
})
