import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  APIConnectionException,
  APIException,
  absent,
  type Path,
  present,
  setStates,
  update,
} from '../../../src/index.ts'
import { refusal, startStore, sync } from '../../servers/store.ts'

describe('present()', () => {
  it('creates under the parent, by the name that the URL ends with', async t => {
    const { api, body, sent } = await startStore(t)
    const pool = api['storage-pools'].fast
    const bridge = api.networks.lxdbr0
    for (const [path, desired, expected] of [
      [pool.buckets.logs, { config: { size: '1GiB' } }, { name: 'logs', config: { size: '1GiB' } }],
      [pool.volumes.custom.path('a b'), { size: 1 }, { name: 'a b', size: 1 }],
      [bridge.peers.west, { target_network: 'n' }, { name: 'west', target_network: 'n' }],
      [bridge['load-balancers'].path('::1'), { backends: [] }, { listen_address: '::1', backends: [] }],
    ] as const) {
      const { changed, difference, result } = await present(path, desired)
      assert.deepEqual([changed, difference], [true, [{ path: [], from: undefined, to: desired }]])
      assert.deepEqual(body('POST'), expected)
      assert.deepEqual(result?.metadata, expected)
    }
    assert.equal(sent().at(-2), 'POST /1.0/networks/lxdbr0/load-balancers')
  })

  it('sends what is missing with If-Match, and what the servers would take for emptied', async t => {
    const start = { description: 'd', config: { a: '1' }, ingress: [{ action: 'allow' }], name: 'web' }
    const { api, body, received } = await startStore(t, { '/1.0/network-acls/web': start })
    await present(api['network-acls'].web, { config: { b: 2 } })
    assert.deepEqual(body('PATCH'), { description: 'd', ingress: [{ action: 'allow' }], config: { b: '2' } })
    assert.ok(received.find(({ method }) => method === 'PATCH')?.headers['if-match'])
  })

  it('tries again on what somebody else has made of it', async t => {
    const { api, instead, documents, sent } = await startStore(t, { '/1.0/profiles/web': { config: {} } })
    instead.set('PATCH /1.0/profiles/web', refusal(412, "ETag doesn't match"))
    const { changed } = await present(api.profiles.web, { config: { a: '1' } })
    assert.equal(changed, true)
    assert.deepEqual(documents.get('/1.0/profiles/web')?.['config'], { a: '1' })
    assert.deepEqual(sent().filter(one => one.startsWith('PATCH')).length, 2)
  })

  it('is content with what somebody else has created, and says so', async t => {
    const { api, instead, documents } = await startStore(t)
    instead.set('POST /1.0/profiles', refusal(500, 'UNIQUE constraint failed: profiles.name'))
    instead.set('GET /1.0/profiles/web', refusal(404, 'not found'))
    documents.set('/1.0/profiles/web', { name: 'web', config: { a: '1', b: '2' } })
    const { changed, difference } = await present(api.profiles.web, { config: { a: '1' } })
    assert.deepEqual([changed, difference], [false, []])
  })

  it('tries again what a server stumbled over, but not what it refuses', async t => {
    const { api, instead, sent } = await startStore(t)
    instead.set('POST /1.0/profiles', refusal(500, 'driver: bad connection'))
    assert.equal((await present(api.profiles.web, {})).changed, true)
    instead.set('POST /1.0/profiles', refusal(400, 'Invalid name'))
    await assert.rejects(present(api.profiles.other, {}), {
      name: 'APIException',
      error: 'Invalid name',
      message: /Invalid name \[\/1\.0\/profiles\/other: nothing was changed; it does not exist\]$/,
    })
    assert.equal(sent().filter(one => one.startsWith('POST')).length, 3)
  })

  it('takes an address that the server chose for auto, and asks a cluster’s members for what is theirs', async t => {
    const chosen = { config: { 'ipv4.address': '10.1.2.1/24' }, locations: ['none'] }
    const cluster = { config: {}, locations: ['n1', 'n2'], status: 'Created' }
    const { api } = await startStore(t, { '/1.0/networks/one': chosen, '/1.0/networks/two': cluster })
    const auto = { config: { 'ipv4.address': 'auto' } }
    const parent = { config: { parent: 'eth0' } }
    assert.deepEqual((await present(api.networks.one, auto)).difference, [])
    assert.deepEqual((await present(api.networks.two, parent)).difference, [])
    assert.equal((await present(api.networks.two, auto, { check: true })).changed, true)
    assert.equal((await present(api.networks.one, parent, { check: true })).changed, true)
  })

  it('writes again what was lost to somebody who wrote at the same moment', async t => {
    const { api, instead, sent, body } = await startStore(t, { '/1.0/profiles/web': { config: { b: '2' } } })
    instead.set('PATCH /1.0/profiles/web', sync({}))
    const { difference } = await present(api.profiles.web, { config: { a: '1', b: null } })
    assert.equal(difference.length, 2)
    assert.deepEqual(body('PATCH'), { config: { a: '1', b: '' } })
    assert.equal(sent().filter(one => one.startsWith('PATCH')).length, 2)
  })

  it('of a server that goes away says what was reached', async t => {
    const { api, server, documents } = await startStore(t, { '/1.0/instances/web': { status: 'Stopped' } })
    server.prependListener('request', ({ method, socket }) => {
      if (method === 'PUT') socket.destroy()
    })
    await assert.rejects(
      present(api.instances.web, { config: { a: 1 }, status: 'Running' }),
      (error: unknown) => {
        assert.ok(error instanceof APIConnectionException)
        assert.match(error.message, /web: config\.a was set; what it is now is not known\]$/)
        return true
      },
    )
    assert.deepEqual(documents.get('/1.0/instances/web')?.['config'], { a: '1' })
  })
})

describe('absent()', () => {
  it('tells what there was, and is content where somebody else deletes it', async t => {
    const { api, instead } = await startStore(t, { '/1.0/profiles/web': { name: 'web' } })
    const { result } = await absent(api.profiles.web)
    assert.equal(result?.metadata.name, 'web')
    instead.set('GET /1.0/profiles/web', sync({ name: 'web' }))
    assert.deepEqual(await absent(api.profiles.web), { changed: false, result: undefined, difference: [] })
  })

  it('waits for who is just creating it, in its project, and deletes that', async t => {
    const { api, instead, documents, sent } = await startStore(t)
    const creation = { class: 'task', status_code: 103, description: 'Creating instance' }
    const about = (url: string) => ({ resources: { instances: [url] } })
    const running = [
      { ...creation, id: 'ours', ...about('/1.0/instances/web?project=apart') },
      { ...creation, id: 'other', ...about('/1.0/instances/web2?project=apart') },
      { ...creation, id: '..', ...about('/1.0/instances/web') },
    ]
    instead.set('GET /1.0/operations', sync({ running }))
    instead.set('GET /1.0/operations/ours', sync({ ...creation, id: 'ours' }))
    instead.set('GET /1.0/operations/ours/wait', sync({ ...creation, id: 'ours', status_code: 200 }))
    instead.set('GET /1.0/instances/web', refusal(404, 'Instance not found'))
    documents.set('/1.0/instances/web', { status: 'Stopped' })
    const { changed } = await absent(api.with({ query: { project: 'apart' } }).instances.web)
    assert.equal(changed, true)
    assert.ok(!documents.has('/1.0/instances/web'))
    assert.deepEqual(sent(), [
      'GET /1.0/instances/web?project=apart',
      'GET /1.0/operations?project=apart&recursion=1',
      'GET /1.0/operations/ours?project=apart',
      'GET /1.0/operations/ours/wait?project=apart&timeout=30',
      'GET /1.0/instances/web?project=apart',
      'DELETE /1.0/instances/web?project=apart',
    ])
  })

  it('looks again for what an aborted request is about to create', async t => {
    const controller = new AbortController()
    const { api, documents, server, sent } = await startStore(t)
    const reason = new Error('enough')
    server.prependListener('request', ({ method, url }) => {
      if (method === 'POST') controller.abort(reason)
      // By then the server has looked at what it was sent before its client left.
      const looks = sent().filter(one => one === 'GET /1.0/instances/web').length
      if (method === 'GET' && url === '/1.0/instances/web' && looks === 2)
        documents.set('/1.0/instances/web', { name: 'web', status: 'Stopped' })
    })
    const body = { name: 'later', source: {} }
    await assert.rejects(api.instances.post(body, { signal: controller.signal }), reason)
    assert.equal((await absent(api.instances.web)).changed, true)
    assert.ok(!documents.has('/1.0/instances/web'))
    const before = sent().length
    assert.equal((await absent(api.profiles.web)).changed, false)
    assert.equal(sent().length - before, 2)
  })

  it('costs two GETs where there is nothing, and is content where it may not ask for operations', async t => {
    const { api, instead, sent } = await startStore(t)
    assert.equal((await absent(api.profiles.web)).changed, false)
    instead.set('GET /1.0/operations', refusal(403, 'not authorized'))
    assert.equal((await absent(api.profiles.web)).changed, false)
    assert.deepEqual(sent(), [
      'GET /1.0/profiles/web',
      'GET /1.0/operations?recursion=1',
      'GET /1.0/profiles/web',
      'GET /1.0/operations?recursion=1',
    ])
  })
})

describe('update()', () => {
  it('lets its function work again on what somebody else has made of it', async t => {
    const { api, instead, documents } = await startStore(t, { '/1.0/profiles/web': { config: { n: '1' } } })
    instead.set('PUT /1.0/profiles/web', refusal(412, "ETag doesn't match"))
    let calls = 0
    await update(api.profiles.web, ({ config }) => {
      calls += 1
      return { config: { n: Number(config.n) + 1 } }
    })
    assert.equal(calls, 2)
    assert.deepEqual(documents.get('/1.0/profiles/web'), { config: { n: '2' } })
  })

  it('makes its change again where somebody else wrote over it at the same moment', async t => {
    const start = { config: { n: '1', theirs: 'old' } }
    const { api, documents, server, sent } = await startStore(t, { '/1.0/profiles/web': start })
    let isOver = false
    server.prependListener('request', ({ method }, response) => {
      if (method !== 'PUT' || isOver) return
      isOver = true
      // The other's write was let through by the same If-Match, and comes last.
      response.once('finish', () => documents.set('/1.0/profiles/web', { config: { n: '1', theirs: 'new' } }))
    })
    const { changed, difference } = await update(api.profiles.web, ({ config }) => {
      config.n = String(Number(config.n) + 1)
    })
    assert.deepEqual([changed, difference], [true, [{ path: ['config', 'n'], from: '1', to: '2' }]])
    assert.deepEqual(documents.get('/1.0/profiles/web'), { config: { n: '2', theirs: 'new' } })
    assert.equal(sent().filter(one => one.startsWith('PUT')).length, 2)
  })

  it('leaves alone what others have made of its change', async t => {
    const { api, documents, server, sent } = await startStore(t, {
      '/1.0/profiles/web': { config: { n: '1' } },
    })
    server.prependListener('request', ({ method }, response) => {
      if (method === 'PUT')
        response.once('finish', () => documents.set('/1.0/profiles/web', { config: { n: '3' } }))
    })
    const { changed, result } = await update(api.profiles.web, ({ config }) => {
      config.n = String(Number(config.n) + 1)
    })
    assert.deepEqual([changed, result?.metadata], [true, { config: { n: '3' } }])
    assert.equal(sent().filter(one => one.startsWith('PUT')).length, 1)
  })

  for (const [what, change, keep, names] of [
    ['a field', { size: 7 }, ['size'], 'size'],
    ['a time, which is another one each time', () => ({ at: performance.now() }), ['at'], 'at'],
    ['one of two fields', { config: { a: '1' }, size: 7 }, ['size'], 'size'],
    ['the removal of a key', { config: {} }, ['config'], 'config\\.old'],
  ] as const) {
    it(`throws where the server ignores ${what}`, async t => {
      const start: Record<string, unknown> = { config: { old: 'x' } }
      const { api, documents, server, sent } = await startStore(t, { '/1.0/profiles/web': start })
      // As the servers do with fields that they don't know.
      server.prependListener('request', ({ method }, response) => {
        if (method !== 'PUT') return
        response.once('finish', () => {
          const { ...stored } = documents.get('/1.0/profiles/web')
          for (const field of keep) stored[field] = start[field]
          documents.set('/1.0/profiles/web', stored)
        })
      })
      const given = () => (typeof change === 'function' ? change() : change)
      await assert.rejects(
        update(api.profiles.web, (profile: object) => ({ ...profile, ...given() })),
        new RegExp(`took the change of ${names}, and it is as it was: /1.0/profiles/web has no such field`),
      )
      assert.ok(sent().filter(one => one.startsWith('PUT')).length <= 3)
    })
  }

  it('does not call it a change where the server keeps a field that was left out', async t => {
    const start = { config: { a: '1' }, used_by: ['x'] }
    const { api, documents, server } = await startStore(t, { '/1.0/profiles/web': start })
    server.prependListener('request', ({ method }, response) => {
      if (method === 'PUT') response.once('finish', () => documents.set('/1.0/profiles/web', start))
    })
    const { changed, difference } = await update(api.profiles.web, () => ({ config: { a: '1' } }))
    assert.deepEqual([changed, difference], [false, []])
  })

  it('throws what its function throws, and writes nothing', async t => {
    const { api, sent } = await startStore(t, { '/1.0/profiles/web': {} })
    const mistake = new Error('a mistake')
    const change = () => Promise.reject(mistake)
    await assert.rejects(update(api.profiles.web, change), mistake)
    assert.deepEqual(sent(), ['GET /1.0/profiles/web'])
  })
})

describe('setStates()', () => {
  it('goes one by one where the server has no bulk call, and tells of each', async t => {
    const names = ['a', 'b', 'c']
    const instances = names.map(name => ({ name, status: 'Stopped' }))
    const { api, instead, documents, sent } = await startStore(t, { '/1.0': { api_extensions: [] } })
    for (const instance of instances) documents.set(`/1.0/instances/${instance.name}`, instance)
    documents.set('/1.0/instances', instances as never) // True: nothing looks into it but JSON.
    const start = (name: string): void => {
      const refused = name === 'b'
      instead.set(`PUT /1.0/instances/${name}/state`, refused ? refusal(400, 'no') : sync({}))
      instead.set(`GET /1.0/instances/${name}`, sync({ status: 'Stopped' }))
      if (!refused) documents.set(`/1.0/instances/${name}`, { status: 'Running' })
    }
    names.forEach(start)
    const outcomes = await setStates((api as Path).instances, 'start', undefined, { concurrency: 2 })
    assert.deepEqual(
      outcomes.map(({ name, changed, error }) => [name, changed, error instanceof APIException]),
      [
        ['a', true, false],
        ['b', false, true],
        ['c', true, false],
      ],
    )
    assert.ok(!sent().includes('PUT /1.0/instances'))
  })

  for (const [count, isBulk] of [
    [64, true],
    [65, false],
  ] as const) {
    it(`is ${isBulk ? 'one' : 'no'} bulk call for ${count} instances`, async t => {
      const names = Array.from({ length: count }, (_, n) => `c${n}`)
      const server = { api_extensions: ['instance_bulk_state_change'] }
      const { api, instead, documents, sent } = await startStore(t, { '/1.0': server })
      documents.set('/1.0/instances', names.map(name => ({ name, status: 'Stopped' })) as never) // True: as above.
      instead.set('PUT /1.0/instances', sync({}))
      for (const name of names) {
        documents.set(`/1.0/instances/${name}`, { status: 'Running' })
        instead.set(`PUT /1.0/instances/${name}/state`, sync({}))
      }
      await setStates((api as Path).instances, 'start')
      assert.equal(sent().includes('PUT /1.0/instances'), isBulk)
    })
  }
})
