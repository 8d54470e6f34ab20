import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APIException, fileDelete } from '../../../src/index.ts'
import { type Answer, failure, serve, sync } from '../../servers/server.ts'

const directory = { 'x-lxd-type': 'directory', 'x-lxd-mode': '0755', 'x-lxd-uid': '0', 'x-lxd-gid': '0' }

/** A directory that can't be deleted, with these names in it, wherever one looks. */
function endless(names: readonly unknown[]): Answer {
  return ({ method }) => {
    if (method === 'DELETE') return failure(400, 'directory not empty')
    return method === 'HEAD' ? { headers: directory } : sync(names, directory)
  }
}

for (const name of ['.', '', '..', '../../etc', '/etc', 'a/b', 7, null])
  test(`fileDelete() deletes nothing by the name ${JSON.stringify(name)} that a server lists`, async t => {
    const { root, received } = await serve(t, endless([name]))
    await assert.rejects(
      fileDelete(root.path('1.0', 'instances', 'web'), '/srv/x', { recursive: true }),
      (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.match(error.message, /is a directory: with .* in it, which is no name$/)
        return true
      },
    )
    const deleted = received.filter(({ method }) => method === 'DELETE').map(({ url }) => url)
    assert.deepEqual(deleted, ['/1.0/instances/web/files?path=%2Fsrv%2Fx'])
  })

test('fileDelete() of directories in one another without end comes to an end', async t => {
  const { root, received } = await serve(t, endless(['a'.repeat(255)]))
  await assert.rejects(
    fileDelete(root.path('1.0', 'instances', 'web'), '/x', { recursive: true }),
    /deeper than a path can lead/,
  )
  assert.ok(received.length < 100)
})
