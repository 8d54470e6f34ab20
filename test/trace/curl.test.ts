import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { missingReason } from '../daemon/needs.ts'
import { runScript } from '../runner/run-script.ts'
import { serve, sync, type TestServer } from '../servers/server.ts'

const skip = missingReason('curl') ?? false
const exec = promisify(execFile)
// A name, a value and a body that a shell would like to have its way with.
const HOSTILE = `it's "$HOME" \`id\` \\ & ; | * ? [a] {b} ~ ! # % é 🐧`

const CALLS = [
  `api.instances.get({ query: { recursion: 1, filter: ${JSON.stringify(HOSTILE)} } })`,
  `api.instances.path(${JSON.stringify(HOSTILE)}).put({ description: ${JSON.stringify(HOSTILE)}, list: [1, null] })`,
  `api.instances.web.delete()`,
  `api.instances.web.post()`,
  `api.files.get({ headers: { 'X-LXD-uid': ${JSON.stringify(HOSTILE.replace(/[é🐧]/gu, ''))}, 'If-Match': 'abc', 'X-Empty': '' } })`,
  `api.instances.web.head()`,
]

for (const onSocket of [true, false]) {
  const place = onSocket ? 'a socket' : 'a port'
  test(`DEBUG=lxdapi:curl prints commands that a shell sends to ${place} just as the calls were`, {
    skip,
  }, async t => {
    const server = await serve(t, sync(null), { onSocket })
    const { stderr } = await runScript(CALLS.map(call => `await ${call}`).join('\n'), server.origin, {
      DEBUG: 'lxdapi:curl',
    })
    const commands = stderr
      .trim()
      .split('\n')
      .map(line => line.replace('lxdapi:curl ', ''))
    assert.equal(commands.length, CALLS.length)
    const sent = arrivals(server)
    for (const command of commands) {
      assert.match(command, /^curl /)
      await exec('sh', ['-c', command.replace('curl', 'curl --silent --fail')])
    }
    assert.deepEqual(arrivals(server).slice(sent.length), sent)
  })
}

test('a stream has to be given to the command by hand', { skip }, async t => {
  const server = await serve(t, sync(null))
  const { stderr } = await runScript(`await api.post('raw body')`, server.origin, { DEBUG: 'lxdapi:curl' })
  const command = stderr.trim().replace('lxdapi:curl ', '')
  assert.ok(!command.includes('raw body'))
  await exec('sh', ['-c', `printf 'raw body' | ${command.replace('curl', 'curl --silent --fail')}`])
  const [sent, replayed] = arrivals(server)
  assert.deepEqual(replayed, sent)
})

// What counts of a request; curl and undici each have headers of their own.
function arrivals({ received }: TestServer): unknown[] {
  return received.map(({ method, url, headers, body }) => {
    const { host, connection, accept, 'user-agent': _, 'content-length': length, ...rest } = headers
    return { method, url, headers: rest, host, length: length ?? '0', body: String(body) }
  })
}
