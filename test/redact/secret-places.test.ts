import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { format, inspect } from 'node:util'
import createDebug from 'debug'
import { fingerprintOf } from '../../src/connection/tls/server-identity.ts'
import {
  API,
  APICancelledException,
  APIConnectionException,
  APIException,
  APIForbiddenException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
  APITransferException,
  absent,
  events,
  exec,
  type Outcome,
  type Path,
  present,
  trust,
  update,
} from '../../src/index.ts'
import { listRemotes } from '../../src/remotes/remotes.ts'
import { formatQuery } from '../../src/request/query.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { runScript } from '../runner/run-script.ts'
import { makeRequest } from '../servers/make-request.ts'
import {
  connect,
  failure,
  type Received,
  type Reply,
  serve,
  sync,
  type TestServer,
} from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'
import { servePeers } from '../servers/websocket-peer.ts'
import { SECRETS, type Secret } from './secret-table.ts'

// The whole table: each secret in each place. Of a place, `real` is what has it, and `shown` all that may be printed.
interface Shown {
  readonly real: unknown
  readonly shown: string
}

type Show = (secret: Secret) => Promise<readonly Shown[]>

function inPlace(name: string, prepare: (t: TestContext) => Promise<Show>): void {
  test(`no secret is shown by ${name}`, async t => {
    const show = await prepare(t)
    const problems = new Set<string>()
    let n = 0
    for (const secret of SECRETS) {
      for (const { real, shown } of await show(secret)) {
        n += 1
        if (!raw(real).includes(secret.hidden)) problems.add(`${secret.name} was not there`)
        const at = shown.indexOf(secret.hidden)
        if (at >= 0) problems.add(`${secret.name}: …${shown.slice(Math.max(0, at - 100), at + 20)}…`)
      }
    }
    assert.deepEqual([...problems], [])
    assert.ok(n >= 60, `only ${n} were tried`)
  })
}

/** An object as it is, whatever it prints of itself. */
function raw(value: unknown): string {
  if (typeof value === 'string') return value
  const whole = { depth: 50, maxStringLength: null, maxArrayLength: null, breakLength: 1e9 }
  return inspect(value, { ...whole, customInspect: false })
}

/** An object in all the ways in which it may be printed. */
function print(value: unknown): string {
  const ways = [
    inspect(value),
    inspect({ list: [value] }, { depth: 50 }),
    format('%s %O', value, value),
    JSON.stringify({ value }),
    `${value}`,
  ]
  return (value instanceof Error ? [...ways, ...printError(value)] : ways).join('\n')
}

// What Node.js prints of an exception that nobody caught asks no object how it wants to be shown.
function printError(error: Error): (string | undefined)[] {
  return [error.message, error.stack, inspect(error, { customInspect: false, depth: 50 })]
}

/** A server whose answer is set before each call. */
class Echo {
  reply: Reply = sync(null)
  readonly served: TestServer

  constructor(served: TestServer) {
    this.served = served
  }

  get api(): Path {
    return this.served.api
  }

  /** What the last call sent. */
  get sent(): string {
    const { url, headers, body } = this.served.received.at(-1) as Received
    return `${decodeURIComponent(url)} ${inspect(headers)} ${body} ${raw(readJson(body))}`
  }
}

async function startEcho(t: TestContext, options = {}): Promise<Echo> {
  const echo: Echo = new Echo(await serve(t, () => echo.reply, options))
  return echo
}

function readJson(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(String(body))
}

/** What is printed by the traces of all APIs that are made from now on. */
function catchTrace(t: TestContext): () => string {
  const lines: string[] = []
  const { log } = createDebug
  createDebug.log = (...words) => lines.push(format(...words))
  createDebug.enable('lxdapi,lxdapi:curl')
  t.after(() => {
    createDebug.log = log
    createDebug.disable()
  })
  return () => lines.splice(0).join('\n')
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('It did not reject'),
    reason => reason,
  )
}

inPlace('a request', async t => {
  const echo = await startEcho(t)
  return async ({ document, query, headers }) => {
    const { request } = await echo.api.path('x').post(document, { query, headers })
    return [{ real: echo.sent, shown: `${print(request)} ${request.redactedPath}` }]
  }
})

inPlace('a result', async t => {
  const echo = await startEcho(t)
  return async ({ document }) => {
    const shown: Shown[] = []
    for (const reply of [sync(document), { json: document }, sync([{ deep: [document] }])]) {
      echo.reply = reply
      const promise = echo.api.get()
      const result = await promise
      shown.push({ real: result.data, shown: print(result) + inspect(promise, { depth: 50 }) })
    }
    return shown
  }
})

inPlace('the trace of what is sent and answered', async t => {
  const trace = catchTrace(t)
  const echo = await startEcho(t)
  return async ({ document, query, headers }) => {
    echo.reply = sync(null)
    await echo.api.path('x').post(document, { query, headers })
    const sent = { real: echo.sent, shown: trace() }
    assert.match(sent.shown, /^.*lxdapi:curl curl.*lxdapi POST .*HTTP\/200/s)
    echo.reply = sync(document)
    const { data } = await echo.api.get()
    const answered = { real: data, shown: trace() }
    assert.match(answered.shown, /lxdapi GET .*HTTP\/200/s)
    return [sent, answered]
  }
})

inPlace('the trace of a call that failed', async t => {
  const trace = catchTrace(t)
  const echo = await startEcho(t)
  return async ({ texts, query }) => {
    const shown: Shown[] = []
    for (const text of texts) {
      for (const reply of [
        { status: 400, body: text },
        failure(400, text),
        { ...sync(null), body: `{"a": ${text}` },
      ]) {
        echo.reply = reply
        await echo.api.get({ query }).catch(() => {})
        shown.push({ real: `${text} ${echo.sent}`, shown: trace() })
      }
      const signal = AbortSignal.abort(new Error(text))
      await echo.api.post(Readable.from(failing(text)), { query }).catch(() => {})
      await echo.api.get({ signal }).catch(() => {})
      shown.push({ real: text, shown: trace() })
    }
    return shown
  }
})

async function* failing(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from('x')
  throw new Error(text)
}

inPlace('what present() returns', async t => {
  const echo = await startEcho(t)
  const { web } = echo.api.profiles as unknown as { web: Path }
  const check = { check: true }
  return async ({ document }) => {
    echo.reply = failure(404, 'not found')
    const created = await present(web, document, check)
    echo.reply = sync({ name: 'web', config: { 'limits.cpu': '1' } })
    const changed = await present(web, document, check)
    echo.reply = sync({ name: 'web', ...document })
    const emptied = await present(web, mapLeaves(document) as object, check)
    return [...outcomes(created), ...outcomes(changed), ...outcomes(emptied)]
  }
})

function mapLeaves(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return 'x'
  if (Array.isArray(value)) return ['x']
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapLeaves(one)]))
}

inPlace('what update() and absent() return', async t => {
  const echo = await startEcho(t)
  const { web } = echo.api.profiles as unknown as { web: Path }
  return async ({ document }) => {
    echo.reply = sync({ name: 'web', config: {} })
    const added = await update(web, found => ({ ...found, ...document }), { check: true })
    const deep = await update(web, found => ({ ...found, expanded: { inside: document } }), { check: true })
    echo.reply = sync({ name: 'web', ...document })
    const removed = await update(web, () => ({ name: 'web' }), { check: true })
    const deleted = await absent(web, { check: true })
    return [added, deep, removed, deleted].flatMap(outcomes)
  }
})

// Users spread them, and print parts of them.
function outcomes(outcome: Outcome): Shown[] {
  // A source counts only for what is created.
  if (!outcome.changed) return []
  const parts = [outcome, { ...outcome }, outcome.difference, [...outcome.difference], ...outcome.difference]
  const shown = parts.map(print).join('\n')
  return [{ real: outcome.difference, shown }]
}

inPlace('an event', async t => {
  const { api, peers } = await servePeers(t)
  const stream = await events(api)
  t.after(() => stream.return())
  return async ({ document }) => {
    const operation = { id: '1', class: 'websocket', status_code: 103, metadata: document }
    const shown: Shown[] = []
    for (const metadata of [operation, document, { context: document }]) {
      peers[0]?.send(JSON.stringify({ type: 'operation', timestamp: '', metadata }))
      const { value: event } = await stream.next()
      assert.ok(event)
      const parts = [event, { ...event }, event.metadata, [event]]
      shown.push({ real: event, shown: parts.map(print).join('\n') })
    }
    return shown
  }
})

inPlace('the event of a gap', async t => {
  const { api, peers } = await servePeers(t)
  const stream = await events(api)
  t.after(() => stream.return())
  return async ({ texts }) => {
    const shown: Shown[] = []
    // A closing frame has no room for more.
    for (const text of texts.filter(text => Buffer.byteLength(text) < 120)) {
      peers.at(-1)?.close(1011, text)
      const { value: event } = await stream.next()
      assert.equal(event?.type, 'gap')
      const parts = [event, { ...event }, event.metadata, event.metadata.reason]
      shown.push({ real: text, shown: parts.map(print).join('\n') })
    }
    return shown
  }
})

inPlace('what a server is told to be wrong', async t => {
  const echo = await startEcho(t)
  return async ({ texts, query, document }) => {
    const shown: Shown[] = []
    for (const text of texts) {
      for (const reply of [{ status: 500, body: text }, failure(404, text), failure(403, text, 200)]) {
        echo.reply = reply
        shown.push({ real: text, shown: print(await failureOf(echo.api.post(document, { query }))) })
      }
      for (const code of [400, 401]) {
        echo.reply = sync({ id: '1', class: 'task', status_code: code, err: text, metadata: document })
        const error = await failureOf(echo.api.operations?.path('1').get() as Promise<unknown>)
        assert.ok(error instanceof APIOperationException)
        shown.push({ real: [text, error.operation], shown: print(error) })
      }
    }
    return shown
  }
})

const WITH_DETAILS = [
  APIException,
  APINotFoundException,
  APIForbiddenException,
  APIPreconditionFailedException,
  APIOperationException,
  APICancelledException,
  APITimeoutException,
]

inPlace('an exception of any class and its cause', async () => {
  return async ({ texts, query, document, headers }) => {
    const request = makeRequest('http://127.0.0.1', 'POST', '/1.0/x', document, { query, headers })
    return texts.flatMap(text => {
      const cause = Object.assign(new Error(text, { cause: new Error(`deeper: ${text}`) }), { input: text })
      const exceptions = [
        ...WITH_DETAILS.map(Exception => new Exception({ request, error: text, cause })),
        new APIConnectionException(request, cause),
        new APIConnectionException(request, new AggregateError([cause])),
        new APITransferException(new APIConnectionException(request, cause), 1, 2),
      ]
      for (const exception of exceptions) assert.ok(exception.cause instanceof Error)
      return exceptions.map(exception => ({ real: text, shown: print(exception) }))
    })
  }
})

inPlace('a TypeError for a URL', async t => {
  const { api, root, origin } = (await startEcho(t)).served
  return async ({ query, hidden, name }) => {
    if (!(Object.values(query)[0] ?? '').includes(hidden)) return []
    const wrong = ['x', 'https://other.example/x', `${origin}.example/x`, '/1.0/../x', '/1.0/a b', '//x']
    const urls = [...wrong.map(url => url + formatQuery(query)), `/1.0${formatQuery(query)}#x`]
    return urls.flatMap(url => {
      const calls = [() => api.forUrl(url), () => root.forUrl(url), () => present(url as unknown as Path, {})]
      return calls.map(call => ({ real: decodeURIComponent(url), shown: printThrown(call, name) }))
    })
  }
})

inPlace('a TypeError for an argument', async t => {
  const { api } = (await startEcho(t)).served
  return async ({ texts, name }) => {
    const shown: Shown[] = []
    for (const text of texts) {
      const calls = [
        () => api.with({ [text]: 1 } as never),
        () => api.get({ [text]: 1 } as never),
        () => api.get(text as never),
        () => api.get({ idleTimeout: text as never }),
        () => api.get({ headers: { [text]: 'x' } }),
        () => api.get({ headers: { 'X-Note': `${text}\n` } }),
        () => api.get({ query: { note: Buffer.from(text) as never } }),
        () => api.get({ query: { note: [[text]] as never } }),
        () => api.put(evaluate(text) as never),
        () => api.path(`${text}\ud800`),
        () => API.factory({ baseUrl: `no URL ${text}` }),
        () => API.factory({ baseUrl: 'https://127.0.0.1:1', token: 'x', ca: `${text}\n` }),
        () => API.factory({ baseUrl: 'https://127.0.0.1:1', token: 'x', [text]: 1 }),
        () => exec(api.instances.web, ['ls'], { encoding: text as never }),
        () => exec(api.instances.web, ['ls'], { [text]: 1 } as never),
      ]
      for (const call of calls) shown.push({ real: text, shown: await printRejected(call, name) })
    }
    return shown
  }
})

// A function whose source has the text in it.
function evaluate(text: string): unknown {
  return new Function(`return ${JSON.stringify(text)}`)
}

async function printRejected(call: () => unknown, name: string): Promise<string> {
  const error = await failureOf((async () => call())())
  assert.ok(error instanceof TypeError, `${name}: ${error}`)
  return print(error)
}

function printThrown(call: () => unknown, name: string): string {
  try {
    void Promise.resolve(call()).catch(() => {})
  } catch (error) {
    assert.ok(error instanceof TypeError, `${name}: ${error}`)
    return print(error)
  }
  return ''
}

test('a websocket and the streams on it show no secret of an operation', async t => {
  const { api } = await servePeers(t)
  const socket = await api.path('operations', '1', 'websocket').websocket({ query: { secret: 'hunter2' } })
  assert.match(socket.request.path, /hunter2/)
  assert.doesNotMatch(print(socket) + inspect(socket, { depth: 20, showHidden: true }), /hunter2/)
  socket.close()
})

test('an exception of any form that nobody caught shows no secret', async () => {
  const throwing = (error: string): Promise<unknown> => {
    // Node.js prints the line that throws.
    const script = `import * as lxdapi from './src/index.ts'
      import { makeRequest } from './test/servers/make-request.ts'
      const request = makeRequest('http://h', 'POST', '/x', { password: 'hunter2' }, { query: { secret: 'hunter2' } })
      const cause = new Error('GET http://me:hunter2@h/ failed')
      const error = 'no password=hunter2'
      throw ${error}`
    return runScript(script, 'http://127.0.0.1:1').then(({ code, stderr }) => {
      assert.equal(code, 1)
      assert.match(stderr, /API\w+: POST http:\/\/h\/x\?secret=\*\*\* .*Node\.js v/s)
      assert.doesNotMatch(stderr, /hunter2/)
    })
  }
  const connection = 'new lxdapi.APIConnectionException(request, cause)'
  await throwing('new lxdapi.APIException({ request, error, cause })')
  await throwing(
    'new lxdapi.APIOperationException({ request, error, cause, operation: { metadata: { fds: { 0: error } } } })',
  )
  await throwing(connection)
  await throwing(`new lxdapi.APITransferException(${connection}, 1, 2)`)
})

test('an exception has its cause, which Node.js prints where it shows no secret', () => {
  const request = makeRequest('http://h', 'GET', '/x', undefined, {})
  const harmless = new Error('It was the weather')
  const telling = new Error('It was password=hunter2')
  const shown = new APIConnectionException(request, harmless)
  const masked = new APIConnectionException(request, telling)
  assert.equal(shown.cause, harmless)
  assert.equal(masked.cause, telling)
  assert.match(inspect(shown), /\[cause\]: Error: It was the weather/)
  assert.match(inspect(masked), /It was password=\*\*\*.*\[cause\]: \[Getter\]/s)
  assert.ok(!Object.keys(masked).includes('cause'))
})

test('trust() shows neither a token nor a password', async t => {
  const trace = catchTrace(t)
  const own = makeCertificate({ name: 'server' })
  const client = makeCertificate({ name: 'client' })
  const answer = ({ method, body }: Received): Reply =>
    method === 'GET' ? sync({ auth: 'untrusted', api_extensions: [] }) : failure(403, `no: ${body}`)
  const server = await serveTls(t, own, answer)
  const { root } = connect(t, { baseUrl: server.baseUrl, serverCert: own.cert, ...pair(client) })
  const fingerprint = fingerprintOf(new X509Certificate(own.cert))
  const fields = { client_name: 'me', fingerprint, addresses: ['h'], secret: 'hunter2' }
  const token = Buffer.from(JSON.stringify(fields)).toString('base64')
  const shown = [
    print(await failureOf(trust(root, { token }))),
    print(await failureOf(trust(root, { password: 'hunter2' }))),
  ].join('\n')
  assert.match(server.received.map(({ body }) => String(body)).join(), new RegExp(`${token}.*hunter2`, 's'))
  assert.ok(!shown.includes(token))
  assert.doesNotMatch(shown, /hunter2/)
  const traced = trace()
  assert.match(traced, /lxdapi POST .*HTTP\/403/s)
  assert.ok(!traced.includes(token))
  assert.doesNotMatch(traced, /hunter2/)
})

test('a key that was given where a path should be is not shown', () => {
  const key = Buffer.from(`hunter2${'x'.repeat(100)}`).toString('base64')
  const { cert } = makeCertificate({ name: 'client' })
  for (const option of [
    { cert, key },
    { ca: key, token: 'x' },
  ]) {
    assert.throws(
      () => API.factory({ baseUrl: 'https://127.0.0.1:1', ...option }),
      (error: unknown) => {
        assert.match(String(error), /^TypeError: (key|ca) is neither PEM text nor the path of a PEM file/)
        assert.ok(!print(error).includes(key))
        return true
      },
    )
  }
})

test('HTTPS_PROXY is not shown where it is no URL', t => {
  const before = process.env.HTTPS_PROXY
  t.after(() => {
    if (before === undefined) delete process.env.HTTPS_PROXY
    else process.env.HTTPS_PROXY = before
  })
  for (const proxy of [
    'me:hunter2@h:1',
    '//me:hunter2@h',
    'http://me:hun/ter2@h',
    'http://me:hunter2@h h',
    'http://me:hunter2%@h',
  ]) {
    process.env.HTTPS_PROXY = proxy
    assert.throws(
      () => API.factory({ baseUrl: 'https://lxd.example:8443', token: 'x' }),
      (error: unknown) => {
        assert.match(String(error), /^TypeError: HTTPS_PROXY must be a URL/)
        assert.doesNotMatch(print(error), /hun\/?ter2/)
        return true
      },
    )
  }
})

test('the configuration of remotes is printed without passwords, and not quoted where it is broken', t => {
  const configure = (text: string): NodeJS.ProcessEnv => {
    const folder = join(createTempFolder(), 'lxc')
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.yml'), text)
    return { LXD_CONF: folder, INCUS_CONF: '/nowhere', HOME: '/nowhere' }
  }
  const address = 'https://me:hunter2@images.example:8443'
  const remotes = listRemotes(configure(`remotes: { prod: { addr: "${address}", protocol: lxd } }`))
  assert.equal(remotes.find(({ name }) => name === 'prod')?.address, address)
  assert.doesNotMatch(print(remotes), /hunter2/)
  assert.match(print(remotes), /https:\/\/me:\*\*\*@images\.example:8443/)
  const broken = ['addr: password: hunter2', 'addr: *hunter2', 'addr: "hunter2', '%hunter2 x\n---\na: [']
  t.mock.method(process, 'emitWarning', () => assert.fail('a warning quotes the file'))
  for (const text of broken) {
    assert.throws(
      () => listRemotes(configure(text)),
      (error: unknown) => {
        assert.match(String(error), /config\.yml is not YAML that can be read: \w+/)
        assert.doesNotMatch(print(error), /hunter2/)
        return true
      },
    )
  }
})

function pair({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert, key }
}
