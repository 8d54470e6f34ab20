import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ApiPath, absent, imageAliasPresent, setStates } from '../../src/index.ts'
import { missingReason } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

describeOnServers(
  'The example of desired state',
  running => {
    it('sets up all it describes, runs again, and changes nothing', {
      skip: missingReason('network'),
    }, async () => {
      const { api, daemon, image } = running()
      await imageAliasPresent(api, 'busybox', image)
      const env = { ...process.env, LXD_SOCKET: daemon.socketPath }
      const example = async () => {
        const args = ['--import', 'tsx', 'examples/desired-state.ts', 'busybox']
        const { stdout } = await run(process.execPath, args, { cwd: root, env })
        return stdout.split('\n').filter(line => /^\w/.test(line))
      }
      const first = await example()
      assert.equal(first.length, 7)
      assert.ok(
        first.every(line => line.startsWith('changed\t')),
        first.join('\n'),
      )
      const second = await example()
      assert.equal(second.length, 7)
      assert.ok(
        second.every(line => line.startsWith('as it should be\t')),
        second.join('\n'),
      )

      // The network is this machine's, and would be in the way of the next server.
      const shop = (api as ApiPath).with({ query: { project: 'shop' } }).path('1.0')
      const stopped = await setStates(shop.instances, 'stop', undefined, { force: true })
      assert.equal(stopped.length, 3)
      for (const name of ['web1', 'web2', 'db']) await absent(shop.instances.path(name))
      await absent(shop.profiles.shop)
      await absent(shop.networks.shopbr0)
    })
  },
  serversOverSocket(),
)
