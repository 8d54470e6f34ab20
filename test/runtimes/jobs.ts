import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import {
  API,
  APIConnectionException,
  APINotFoundException,
  APIOperationException,
  absent,
  directoryPull,
  events,
  exec,
  exportTo,
  filePull,
  filePush,
  present,
  spawn,
  stop,
  update,
  waitFor,
} from '../../src/index.ts'

// The main jobs, on one server: an ordinary script that ./main.ts runs on each runtime, with the package in place of its
// sources. It prints a line of JSON for each step.

/** What the script is told, as JSON in the variable `JOBS`. */
export interface Jobs {
  readonly socketPath: string
  readonly baseUrl: string
  /** Paths of PEM files. */
  readonly serverCert: string
  readonly otherCert: string
  readonly cert: string
  readonly key: string
  readonly image: string
  readonly folder: string
}

/** One line of output. */
export interface Step {
  readonly name: string
  readonly error?: string
}

// Safe cast: ./main.ts writes it.
const jobs = JSON.parse(process.env['JOBS'] ?? '') as Jobs
const { baseUrl, serverCert, cert, key, image, folder } = jobs
const BIG = Buffer.alloc(3_000_000, 'lxdapi ')
const NO_SERVER_CHECK = /certificate|self[- ]signed|issuer/i

await runOverSocket()
await runOverHttps()

async function runOverSocket(): Promise<void> {
  const api = API.factory({ socketPath: jobs.socketPath })
  const { instances } = api['1.0']
  const web = instances.path('web')
  await step('get', async () => assert.equal((await api['1.0'].get()).metadata.auth, 'trusted'))
  await step('list', async () => assert.deepEqual((await instances.get()).metadata, []))
  await step('404', () => assert.rejects(instances.path('nope').get(), APINotFoundException))
  await step('create', () =>
    instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait(),
  )
  await step('start, which an event tells', () => startWithEvent(api))
  await step('wait for a file', () => waitFor(web, { file: '/etc/passwd' }, { timeout: 30 }))
  await step('exec', async () => assert.equal((await exec(web, ['echo', 'hello'])).stdout, 'hello\n'))
  await step('exit code and stderr', async () => {
    const { exitCode, stderr } = await exec(web, ['ls', '/nowhere'])
    assert.equal(exitCode, 1)
    assert.match(stderr, /No such file/)
  })
  await step('stdin and much stdout', async () => {
    const child = await spawn(web, ['cat'])
    child.stdin.end(BIG)
    assert.equal(await text(child.stdout), String(BIG))
  })
  await step('timeout of a command', () => assert.rejects(exec(web, ['sleep', '60'], { timeout: 1 })))
  await step('push', () => filePush(web, '/root/big', BIG, { mode: 0o600 }))
  await step('pull', async () => assert.ok(BIG.equals(await filePull(web, '/root/big'))))
  await step('pull to a file', async () => {
    await filePull(web, '/root/big', `${folder}/big`)
    assert.ok(BIG.equals(readFileSync(`${folder}/big`)))
  })
  await step('pull a directory', () => directoryPull(web, '/etc', `${folder}/etc`))
  await step('present', async () => {
    const wanted = { config: { 'user.owner': 'me' } }
    assert.equal((await present(web, wanted)).changed, true)
    assert.equal((await present(web, wanted)).changed, false)
  })
  await step('update', () =>
    update(web, instance => {
      instance.config['user.owner'] = 'you'
    }),
  )
  await step('a failed operation', () =>
    assert.rejects(web.state.put({ action: 'start' }).wait(), APIOperationException),
  )
  await step('abort', async () => {
    const call = exec(web, ['sleep', '60'], { signal: AbortSignal.timeout(500) })
    await assert.rejects(call, { name: 'TimeoutError' })
  })
  await step('stop', () => stop(web, { force: true }))
  await step('backup', () => exportTo(web, `${folder}/web.tar.gz`))
  await step('absent', async () => assert.equal((await absent(web)).changed, true))
  await step('close', () => api.close())
}

async function startWithEvent(api: ReturnType<typeof API.factory>): Promise<void> {
  const { instances } = api['1.0']
  await using stream = await events(api, { type: ['lifecycle'] })
  await instances.path('web').state.put({ action: 'start' }).wait()
  for await (const event of stream)
    if (event.type === 'lifecycle' && event.metadata.action === 'instance-started') return
}

async function runOverHttps(): Promise<void> {
  await step('HTTPS, pinned', async () => {
    await using api = API.factory({ baseUrl, serverCert, cert, key })
    assert.equal((await api['1.0'].get()).metadata.auth, 'trusted')
    await using stream = await events(api, { type: ['lifecycle'] })
    await api['1.0'].profiles.post({ name: 'other' })
    for await (const event of stream)
      if (event.type === 'lifecycle' && event.metadata.action === 'profile-created') break
    await api['1.0'].profiles.path('other').delete()
  })
  await step('HTTPS, another pin', () => rejectsServer({ serverCert: jobs.otherCert }))
  await step('HTTPS, no pin', () => rejectsServer({}))
  await step('HTTPS, another authority', () => rejectsServer({ ca: jobs.otherCert }))
}

async function rejectsServer(check: { serverCert?: string; ca?: string }): Promise<void> {
  await using api = API.factory({ baseUrl, cert, key, ...check })
  await assert.rejects(api['1.0'].get(), (error: Error) => {
    assert.ok(error instanceof APIConnectionException)
    assert.match(error.message, NO_SERVER_CHECK)
    return true
  })
}

async function step(name: string, run: () => unknown): Promise<void> {
  try {
    await run()
    print({ name })
  } catch (error) {
    print({ name, error: String(error) })
  }
}

function print(result: Step): void {
  console.log(JSON.stringify(result))
}
