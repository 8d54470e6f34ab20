import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import * as lxdapi from '../../../src/index.ts'
import { APITimeoutException, copy, exec, present, rename, setStates, start } from '../../../src/index.ts'
import { serve, sync } from '../../servers/server.ts'

const { snapshot, waitFor, ...verbs } = lxdapi

test('the timeout of a function is its whole time, and ends the call that is under way', async t => {
  let closed: Promise<unknown> = Promise.resolve()
  const { api, origin } = await serve(t, (_received, response) => {
    closed = once(response, 'close')
    return undefined
  })
  await assert.rejects(start(api.instances.web, { timeout: 0.1 }), (error: unknown) => {
    assert.ok(error instanceof APITimeoutException)
    assert.equal(error.message, `GET ${origin}/1.0/instances/web start() was not done within 0.1 s`)
    return true
  })
  await closed
})

test('the timeout of a function is for all its calls together', async t => {
  const { api } = await serve(t, ({ method }, response) => {
    const reply = method === 'GET' ? { name: 'web', config: {} } : {}
    setTimeout(() => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ type: 'sync', metadata: reply }))
    }, 100)
    return undefined
  })
  const desired = { config: { 'user.a': 'b' } }
  await assert.rejects(
    present(api.profiles.web, desired, { timeout: 0.15 }),
    /present\(\) was not done within 0\.15 s/,
  )
})

test('the signal of a function ends it with its reason, and nothing is sent once it is aborted', async t => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const { api, received } = await serve(t, () => {
    controller.abort(reason)
    return undefined
  })
  const { signal } = controller
  await assert.rejects(rename(api.instances.web, 'other', { signal }), reason)
  await assert.rejects(rename(api.instances.web, 'other', { signal }), reason)
  assert.equal(received.length, 1)
})

test('every function that takes a path refuses options that it does not know, before anything is sent', async t => {
  const { api, received } = await serve(t, sync({}))
  const { web } = api.instances
  const wrong = { nonsense: 1 } as never
  const calls: Readonly<Record<string, () => unknown>> = {
    absent: () => verbs.absent(web, wrong),
    attachConsole: () => verbs.attachConsole(web, wrong),
    connect: () => verbs.connect(web, { port: 80, ...(wrong as object) }),
    copy: () => copy(web, api.instances.other as typeof web, wrong),
    createJoinToken: () => verbs.createJoinToken(api, { member: 'n2', ...(wrong as object) } as never),
    createTrustToken: () => verbs.createTrustToken(api, { name: 'ci', ...(wrong as object) } as never),
    directoryPresent: () => verbs.directoryPresent(web, '/x', wrong),
    directoryPull: () => verbs.directoryPull(web, '/x', '/nowhere', wrong),
    directoryPush: () => verbs.directoryPush(web, '/x', '/nowhere', wrong),
    events: () => verbs.events(api, wrong),
    exec: () => exec(web, ['true'], wrong),
    exportTo: () => verbs.exportTo(web, '/nowhere', wrong),
    fileDelete: () => verbs.fileDelete(web, '/x', wrong),
    fileList: () => verbs.fileList(web, '/x', wrong),
    filePull: () => verbs.filePull(web, '/x', undefined, wrong),
    filePush: () => verbs.filePush(web, '/x', Buffer.from(''), wrong),
    fileStat: () => verbs.fileStat(web, '/x', wrong),
    forward: () => verbs.forward(web, 80, wrong),
    freeze: () => verbs.freeze(web, wrong),
    hasExtension: () => verbs.hasExtension(api, 'x', wrong),
    importFrom: () => verbs.importFrom(web, Buffer.from(''), wrong),
    listImages: () => verbs.listImages(api, wrong),
    metrics: () => verbs.metrics(api, wrong),
    move: () => verbs.move(web, api.instances.other as typeof web, wrong),
    openFiles: () => verbs.openFiles(web, wrong),
    present: () => present(web, {}, wrong),
    publish: () => verbs.publish(web, wrong),
    rename: () => rename(web, 'other', wrong),
    restart: () => verbs.restart(web, wrong),
    restore: () => verbs.restore(web, 'clean', wrong),
    setStates: () => setStates(api.instances as never, 'stop', undefined, wrong),
    snapshot: () => snapshot(web, 'clean', wrong),
    spawn: () => verbs.spawn(web, ['true'], wrong),
    start: () => start(web, wrong),
    stop: () => verbs.stop(web, wrong),
    symlinkPresent: () => verbs.symlinkPresent(web, '/x', '/y', wrong),
    trust: () => verbs.trust(api, { token: 'x', ...(wrong as object) } as never),
    isTrusted: () => verbs.isTrusted(api, wrong),
    unfreeze: () => verbs.unfreeze(web, wrong),
    update: () => verbs.update(web, () => {}, wrong),
    usage: async () => verbs.usage(api.instances, wrong).next(),
    watch: () => verbs.watch(api.instances, wrong),
    waitFor: () => waitFor(web, { status: 'Running' }, wrong),
  }
  for (const [name, call] of Object.entries(calls))
    await assert.rejects(
      async () => await call(),
      new RegExp(`^TypeError: ${name}\\(\\): unknown option 'nonsense'`),
    )
  assert.deepEqual(received, [])
  const OTHERS =
    /^(API|Api|container|image|Event|Instance|Live|Watched|Socket|Certificate|readTrustToken|oidcTokenFile|PortForward)/
  const functions = Object.keys(lxdapi).filter(name => !OTHERS.test(name))
  assert.deepEqual(functions.sort(), Object.keys(calls).sort())
})

test('a concurrency that would do nothing is refused', async t => {
  const { api, received } = await serve(t, sync([]))
  for (const concurrency of [0, -1, 1.5, Number.NaN]) {
    const stopping = setStates(api.instances as never, 'stop', undefined, { concurrency })
    await assert.rejects(stopping, /^TypeError: setStates\(\): concurrency must be an integer of 1 or more/)
  }
  assert.deepEqual(received, [])
})

test('a function for instances refuses the path of something else, before anything is sent', async t => {
  const { api, received } = await serve(t, sync({}))
  await assert.rejects(exec(api.profiles.web, ['true']), {
    name: 'TypeError',
    message: 'exec(): give the path of an instance (api.instances.web), not /1.0/profiles/web',
  })
  await assert.rejects(start(api.instances), /^TypeError: start\(\): give the path of an instance/)
  assert.deepEqual(received, [])
})
