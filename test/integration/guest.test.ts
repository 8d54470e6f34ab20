import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { buildImage, type Kind, missingReason, serverKinds, startDaemon } from '../daemon/index.ts'
import { describe, it } from './node-test.ts'

const PROJECT = dirname(dirname(import.meta.dirname))
const SOCKETS: Readonly<Record<Kind, string>> = { lxd: 'devlxd/sock', incus: 'guestapi/sock' }
const SCRIPT = `import { API } from './src/index.ts'
  const api = API.factory({ socketPath: process.argv[1] })['1.0']
  const { metadata } = await api.get()
  const config = (await api.config.get()).metadata
  const role = await (await api.config.path('user.role').get()).text()
  const cloud = await (await api['meta-data'].get()).text()
  const statusOf = name => api.config.path(name).get().catch(error => error.statusCode)
  const refusals = [await statusOf('user.nope'), await statusOf('nope')]
  console.log(JSON.stringify({ type: metadata.instance_type, config, role, cloud, refusals }))`

for (const kind of ['lxd', 'incus'] as const) {
  describe(`the guest socket of ${serverKinds[kind].title}`, { skip: missingReason(kind) }, () => {
    it('is read from within a container', async () => {
      await using daemon = await startDaemon(kind)
      await daemon.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
      const config = ['-c', 'security.privileged=true', '-c', 'user.role=web']
      await daemon.cli(['init', 'busybox', 'c1', ...config])
      // The whole machine is in the container, so Node is.
      const disk = ['source=/', 'path=/mnt', 'recursive=true']
      await daemon.cli(['config', 'device', 'add', 'c1', 'machine', 'disk', ...disk])
      await daemon.cli(['start', 'c1'])
      const run = `cd '${PROJECT}' && '${process.execPath}' --import tsx --input-type=module --eval "$1" "$2"`
      const inside = ['chroot', '/mnt', '/bin/sh', '-c', run, 'sh', SCRIPT, join(daemon.dir, SOCKETS[kind])]
      const told = JSON.parse(await daemon.cli(['exec', 'c1', '--env', 'HOME=/root', '--', ...inside]))
      assert.equal(told.type, 'container')
      assert.deepEqual(told.config, ['/1.0/config/user.role'])
      assert.equal(told.role, 'web')
      assert.match(told.cloud, /local-hostname: c1/)
      assert.deepEqual(told.refusals, [404, 403])
    })
  })
}
