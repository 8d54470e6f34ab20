import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import headless from '@xterm/headless'
import { absent, exec, present, spawn as spawnInInstance, stop } from '../../src/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describeOnServers(
  'The example of a dashboard',
  running => {
    it('shows what the instances do, and leaves the terminal as it was', async () => {
      const { daemon, image } = running()
      const api = running().api['1.0']
      const source = { type: 'image', fingerprint: image } as const
      const devices = { eth0: { type: 'nic', name: 'eth0', nictype: 'p2p' } } as const
      await present(api.instances.web, { source, devices, status: 'Running' })
      await present(api.instances.idle, { source })

      const args = ['--import', 'tsx', 'examples/dashboard.ts', '0.2']
      const env = { ...process.env, LXD_SOCKET: daemon.socketPath }
      const dashboard = spawn(process.execPath, args, {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const screen = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true })
      dashboard.stdout.on('data', data => screen.write(data))
      const { buffer } = screen
      const lines = () =>
        Array.from({ length: 24 }, (_, n) => String(buffer.active.getLine(n)?.translateToString(true)))
      const shows = async (...wanted: readonly RegExp[]): Promise<void> => {
        const isShown = () => {
          const shown = lines().filter(line => line !== '')
          return shown.length === wanted.length && wanted.every((one, n) => one.test(shown[n] ?? ''))
        }
        while (!isShown()) {
          if (dashboard.exitCode !== null) assert.fail(`It shows\n${lines().join('\n')}`)
          await delay(10)
        }
      }
      const title = /^NAME +STATE +ADDRESS +CPU +MEMORY$/
      const idle = /^idle +Stopped\b/

      await shows(title, idle, /^web +Running +0 % +\d+ MB$/)
      const script = 'ip link set eth0 up; ip addr add 192.0.2.9/24 dev eth0'
      assert.equal((await exec(api.instances.web, ['sh', '-c', script])).exitCode, 0)
      await shows(title, idle, /^web +Running +192\.0\.2\.9 +\d+ % +\d+ MB$/)
      const busy = await spawnInInstance(api.instances.web, ['sh', '-c', 'while :; do :; done'])
      await shows(title, idle, /^web +Running +192\.0\.2\.9 +[1-9]\d+ % +\d+ MB$/)
      busy.kill('SIGKILL')
      await stop(api.instances.web, { force: true })
      await shows(title, idle, /^web +Stopped( +0 % +0 MB)?$/)
      await absent(api.instances.web)
      await present(api.instances.another, { source })
      await shows(title, /^another +Stopped\b/, idle)

      dashboard.kill('SIGINT')
      assert.deepEqual(await once(dashboard, 'exit'), [0, null])
      while (buffer.active.type !== 'normal') await delay(10)
    })
  },
  serversOverSocket(),
)
