import assert from 'node:assert/strict'
import {
  APIConnectionException,
  APIException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
} from '../../src/index.ts'
import { type ServerUnderTest, serversUnderTest } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, type Running, startServer } from './servers.ts'

describeOnServers('The core', declare, serversUnderTest())

function declare(running: () => Running, server: ServerUnderTest): void {
  it('get() reads the server, and its ETag', async () => {
    const { metadata, etag, response } = await running().api['1.0'].get()
    assert.equal(metadata.environment.server_version, running().daemon.version)
    assert.equal(response.statusCode, 200)
    assert.match(etag ?? '', /^"?[0-9a-f]{64}"?$/)
  })

  it('get() of what is not there rejects with APINotFoundException and the server’s words', async () => {
    const { api } = running()
    await assert.rejects(api['1.0'].instances.path('nope').get(), (error: unknown) => {
      assert.ok(error instanceof APINotFoundException)
      assert.equal(error.statusCode, 404)
      assert.equal(error.result.response.statusCode, 404)
      assert.match(error.message, /^GET http\S+\/1\.0\/instances\/nope .*Instance not found$/)
      return true
    })
  })

  it('wait() resolves with the finished operation, and index access reaches what it made', async () => {
    const { api, image } = running()
    const instances = api['1.0'].instances
    const created = await instances.post({ name: 'first', source: { type: 'image', fingerprint: image } })
    assert.equal(created.response.statusCode, 202)
    const { metadata } = await created.wait()
    assert.equal(metadata.status_code, 200)
    const { metadata: instance } = await instances.first.get()
    assert.equal(instance.status, 'Stopped')
    // What the server tells of an operation leads back to it, as long as it remembers.
    const { metadata: again } = await api.forUrl(`${created.response.headers.location}`).get()
    assert.equal(again.id, metadata.id)
  })

  it('a change of what somebody else has changed rejects with APIPreconditionFailedException', async () => {
    const profile = running().api['1.0'].profiles.default
    const { etag } = await profile.get()
    await profile.patch({ description: 'changed' })
    await assert.rejects(
      profile.patch({ description: 'lost' }, { headers: { 'If-Match': etag } }),
      APIPreconditionFailedException,
    )
    assert.equal((await profile.get()).metadata.description, 'changed')
  })

  it('a body that the server refuses is an APIException with its words', async () => {
    // @ts-expect-error: what the server says to that is to be seen
    const refused = running().api['1.0'].profiles.post({ description: 'no name' })
    await assert.rejects(refused, (error: unknown) => {
      assert.ok(error instanceof APIException)
      assert.equal(error.statusCode, 400)
      assert.match(error.error, /name/i)
      return true
    })
  })

  it('an instance that fails to start rejects with APIOperationException and its operation', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    const config = { 'raw.lxc': 'lxc.init.cmd = /nonexist' }
    await instances.post({ name: 'broken', config, source: { type: 'image', fingerprint: image } }).wait()
    await assert.rejects(instances.broken.state.put({ action: 'start' }).wait(), (error: unknown) => {
      assert.ok(error instanceof APIOperationException)
      assert.equal(error.operation?.status_code, 400)
      assert.equal(error.operation?.err, error.error)
      assert.match(error.message, /^GET \S+\/operations\/[-0-9a-f]{36}\/wait\?timeout=30 \S/)
      return true
    })
  })

  it('wait() past its timeout rejects with APITimeoutException, and the operation goes on', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'slow', source: { type: 'image', fingerprint: image } }).wait()
    await instances.slow.state.put({ action: 'start' }).wait()
    const exec = await instances.slow.exec.post({ command: ['sleep', '2'], 'wait-for-websocket': false })
    await assert.rejects(exec.wait({ timeout: 1 }), APITimeoutException)
    await assert.rejects(exec.wait({ timeout: 0 }), APITimeoutException)
    await assert.rejects(exec.wait({ timeout: 0.1 }), APITimeoutException)
    const { metadata } = await exec.wait()
    assert.equal(metadata.metadata.return, 0)
    await instances.slow.state.put({ action: 'stop', force: true }).wait()
  })

  it('wait() with a signal rejects with its reason, and the operation goes on', async () => {
    const { api } = running()
    const { instances } = api['1.0']
    await instances.slow.state.put({ action: 'start' }).wait()
    const exec = await instances.slow.exec.post({ command: ['sleep', '1'], 'wait-for-websocket': false })
    const reason = new Error('no longer interested')
    const controller = new AbortController()
    const waiting = exec.wait({ signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(waiting, reason)
    assert.equal((await exec.wait()).metadata.status_code, 200)
    await instances.slow.state.put({ action: 'stop', force: true }).wait()
  })

  it('wait() on what was no operation resolves at once with the same result', async () => {
    const result = await running().api['1.0'].profiles.get()
    assert.equal(await result.wait(), result)
  })

  it('what is not JSON is an unread body: metrics, and a log', async () => {
    const { api } = running()
    const metrics = await api['1.0'].metrics.get()
    assert.ok(metrics.body)
    assert.match(await metrics.text(), /# EOF\s*$/)
    const { logs } = api['1.0'].instances.slow
    const { metadata: urls } = await logs.get()
    const name = String(urls.find((url: string) => url.endsWith('.log')))
      .split('/')
      .at(-1)
    const log = await logs.path(String(name)).get()
    assert.ok(log.body)
    assert.equal(log.data, undefined)
    assert.equal((await log.bytes()).length, Number(log.response.headers['content-length']))
  })

  it('a file’s headers can be read in either server’s spelling, and are sent in both', async () => {
    const { files } = running().api['1.0'].instances.slow
    const query = { path: '/root/note' }
    await files.post('hello', {
      query,
      headers: { 'X-LXD-mode': '0600', 'X-LXD-uid': '7', 'X-LXD-type': 'file' },
    })
    const file = await files.get({ query })
    assert.equal(await file.text(), 'hello')
    for (const spelling of ['x-lxd', 'x-incus']) {
      assert.equal(file.response.headers[`${spelling}-mode`], '0600')
      assert.equal(file.response.headers[`${spelling}-uid`], '7')
    }
    const directory = await files.get({ query: { path: '/root' } })
    assert.deepEqual(directory.metadata, ['note'])
  })

  it('with() gives its defaults to everything below', async () => {
    const { api } = running()
    await api['1.0'].projects.post({ name: 'apart', config: { 'features.images': 'false' } })
    const apart = api.with({ query: { project: 'apart' } })['1.0']
    assert.deepEqual((await apart.instances.get({ query: { recursion: 1 } })).metadata ?? [], [])
    assert.ok((await api['1.0'].instances.get()).metadata.length > 0)
    assert.ok((await apart.images.get()).metadata.length > 0)
    await api['1.0'].projects.apart.delete().wait()
  })

  it('a name with a slash, a percent sign, a space and a dot-dot stays one segment', async () => {
    const { api, image } = running()
    const { aliases } = api['1.0'].images
    const name = 'a b%2F../é?x=1#y'
    await aliases.post({ name, target: image })
    assert.equal((await aliases.path(name).get()).metadata.name, name)
    await aliases.path(name).delete()
    await assert.rejects(aliases.path(name).get(), APINotFoundException)
  })

  it('a daemon that dies in the middle of a wait is an APIConnectionException', async t => {
    const { daemon, api, image } = await startServer(server)
    t.after(() => daemon.stop())
    const { instances } = api['1.0']
    await instances.post({ name: 'doomed', source: { type: 'image', fingerprint: image } }).wait()
    await instances.doomed.state.put({ action: 'start' }).wait()
    const exec = await instances.doomed.exec.post({ command: ['sleep', '60'], 'wait-for-websocket': false })
    const waiting = assert.rejects(exec.wait(), APIConnectionException)
    // By the time this one has ended, the other is surely in its middle.
    await assert.rejects(exec.wait({ timeout: 1 }), APITimeoutException)
    await daemon.kill()
    await waiting
  })
}
