import assert from 'node:assert/strict'
import { createReadStream, createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { exec, exportTo, filePull, filePush, importFrom } from '../../../src/index.ts'
import { fakeServer } from '../../../src/testing.ts'

// The files of streams that callers open are opened while the first request is on its way.
const NOWHERE = '/nowhere/file'

test('a stream that can’t be opened rejects the call that it was given to, and does not end the process', async () => {
  await using server = await fakeServer({
    instances: { web: { status: 'Running', files: { '/etc/motd': 'Hello\n' } } },
  })
  const { web } = server.api['1.0'].instances
  const missing = /ENOENT/
  await assert.rejects(filePush(web, '/a/b/motd', createReadStream(NOWHERE), { parents: true }), missing)
  await assert.rejects(filePull(web, '/etc/motd', createWriteStream(NOWHERE)), missing)
  await assert.rejects(exec(web, ['cat'], { input: createReadStream(NOWHERE) }), missing)
  await assert.rejects(exec(web, ['cat'], { stdout: createWriteStream(NOWHERE) }), missing)
  await assert.rejects(importFrom(web, createReadStream(NOWHERE)), missing)
})

test('one that fails for a call that fails before it is used does not either', async () => {
  await using server = await fakeServer({ instances: {} })
  const { nope } = server.api['1.0'].instances
  await assert.rejects(exportTo(nope, createWriteStream(NOWHERE)), { statusCode: 404 })
})

test('a stream that stays open has no listeners of ours afterwards', async () => {
  await using server = await fakeServer({
    instances: { web: { status: 'Running' } },
    exec: () => ({ stdout: 'out', stderr: 'err' }),
  })
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  await exec(server.api['1.0'].instances.web, ['true'], { stdout, stderr })
  assert.equal(`${stdout.read()}${stderr.read()}`, 'outerr')
  assert.deepEqual([stdout.listenerCount('error'), stderr.listenerCount('error')], [0, 0])
})
