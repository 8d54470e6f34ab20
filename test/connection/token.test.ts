import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { API } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { runScript } from '../runner/run-script.ts'
import { connect, failure, sync } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'

const own = makeCertificate({ name: 'server' })
const token = 'geheim-0123456789'

describe('a bearer token', () => {
  test('goes with every call and every websocket', async t => {
    const { baseUrl, received } = await serveTls(t, own, failure(403, 'not authorized'))
    const { api } = connect(t, { baseUrl, serverCert: own.cert, token })
    await assert.rejects(api.get({ headers: { 'X-LXD-other': '1' } }))
    await assert.rejects(api.with({ query: { project: 'web' } }).instances.post({ name: 'web' }))
    await assert.rejects(api.events.websocket())
    assert.deepEqual(
      received.map(({ headers }) => headers.authorization),
      [`Bearer ${token}`, `Bearer ${token}`, `Bearer ${token}`],
    )
  })

  test('can be replaced for one call', async t => {
    const { baseUrl, received } = await serveTls(t, own, sync(1))
    const { api } = connect(t, { baseUrl, serverCert: own.cert, token })
    await api.get({ headers: { Authorization: 'Bearer other' } })
    assert.equal(received[0]?.headers.authorization, 'Bearer other')
  })

  test('is in no trace, no curl command, no error and no object that is printed', async t => {
    const { baseUrl, received } = await serveTls(t, own, failure(403, 'not authorized'))
    const script = `const remote = API.factory({ baseUrl: '${baseUrl}', serverCert: ${JSON.stringify(own.certPath)}, token: '${token}' })
      console.log(remote, remote['1.0'])
      await remote['1.0'].get().catch(error => console.log(error, error.request, error.result))
      console.log(JSON.stringify(remote))
      await remote['1.0'].get()`
    const { stdout, stderr, code } = await runScript(script, baseUrl, { DEBUG: '*' })
    assert.equal(received.length, 2)
    assert.equal(code, 1)
    assert.match(stderr, /curl --insecure --pinnedpubkey \S+ -H 'authorization: \*\*\*'/)
    assert.doesNotMatch(stdout + stderr, /geheim/)
    assert.doesNotMatch(inspect(API.factory({ baseUrl, token }), { depth: 9, showHidden: true }), /geheim/)
  })
})
