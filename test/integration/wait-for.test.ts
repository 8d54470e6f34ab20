import assert from 'node:assert/strict'
import {
  APIException,
  APINotFoundException,
  APITimeoutException,
  type ApiPath,
  absent,
  exec,
  filePush,
  type Path,
  present,
  spawn,
  start,
  stop,
  waitFor,
} from '../../src/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

// Far more than it takes, so that a test which fails ends.
const SOON = { timeout: 60 }
const RECOVERABLE = { WARNING: ['a key is deprecated'] }

describeOnServers(
  'waitFor()',
  running => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')
    const source = () => ({ type: 'image', fingerprint: running().image })

    it('a status, a file, a command, an address', async () => {
      const api = rest()
      // Without a bridge, which would take more programs than the servers have of their own.
      const devices = { eth0: { type: 'nic', name: 'eth0', nictype: 'p2p' } }
      await present(api.instances.slow, { source: source(), devices })
      await assert.rejects(
        waitFor(api.instances.slow, { status: 'Running' }, { timeout: 0.1 }),
        APITimeoutException,
      )
      await assert.rejects(waitFor(api.instances.nobody, { file: '/etc/passwd' }), APINotFoundException)
      await assert.rejects(waitFor(api.instances.slow, {} as { status: string }), TypeError)
      const awaited = [
        waitFor(api.instances.slow, { status: 'Running' }, SOON),
        waitFor(api.instances.slow, { file: '/tmp/ready' }, SOON),
        waitFor(api.instances.slow, { command: ['test', '-e', '/tmp/ready'] }, SOON),
      ]
      const addressed = waitFor(api.instances.slow, { address: 'inet' }, SOON)
      await start(api.instances.slow)
      const script = 'ip link set eth0 up; ip addr add 192.0.2.9/24 dev eth0; touch /tmp/ready'
      assert.equal((await exec(api.instances.slow, ['sh', '-c', script])).exitCode, 0)
      await Promise.all(awaited)
      assert.equal(await addressed, '192.0.2.9')
      const reason = new Error('no longer interested')
      const waiting = waitFor(api.instances.slow, { file: '/never' }, { signal: AbortSignal.abort(reason) })
      await assert.rejects(waiting, reason)
      await absent(api.instances.slow)
    })

    it('a port on which something listens, from before the start on', async () => {
      const { web } = rest().instances
      await present(web, { source: source() })
      const listening = waitFor(web, { port: 8080 }, SOON)
      await start(web)
      await assert.rejects(waitFor(web, { port: 8080 }, { timeout: 0 }), /"port":8080\} did not come about/)
      const server = await spawn(web, ['httpd', '-f', '-p', '8080'])
      assert.equal((await listening).metadata.metadata.return, 0)
      await assert.rejects(waitFor(web, { port: 808 }, { timeout: 0 }), APITimeoutException)
      server.kill('SIGKILL')
      await server.exited
      await assert.rejects(waitFor(web, { port: 8080 }, { timeout: 0 }), APITimeoutException)
      await assert.rejects(waitFor(web, { agent: true }), /no virtual machine, and has no agent/)
      await absent(web)
    })

    it('cloud-init, with what it recovered from, and its errors', async () => {
      const { cloudy } = rest().instances
      await present(cloudy, { source: source() })
      // The image has none: this one answers what the files in /run say.
      const program = `#!/bin/sh
        case "$*" in "status --wait --format json") ;; *) exit 99;; esac
        until [ -e /root/status ]; do usleep 10000; done
        cat /root/status
        exit $(cat /root/code)`
      const tell = async (status: object, code: number): Promise<void> => {
        await filePush(cloudy, '/root/code', Buffer.from(String(code)))
        await filePush(cloudy, '/root/status', Buffer.from(JSON.stringify(status)))
      }
      const wait = () => waitFor(cloudy, { cloudInit: true }, SOON)
      await filePush(cloudy, '/usr/bin/cloud-init', Buffer.from(program), { mode: 0o755 })
      const waiting = wait()
      await start(cloudy)
      await tell({ status: 'done', datasource: 'lxd', errors: [], recoverable_errors: {} }, 0)
      const { status, datasource, errors, recoverable_errors } = await waiting
      assert.deepEqual([status, datasource, errors, recoverable_errors], ['done', 'lxd', [], {}])

      await tell({ status: 'done', extended_status: 'degraded done', recoverable_errors: RECOVERABLE }, 2)
      const degraded = await wait()
      assert.deepEqual([degraded.extended_status, degraded.errors], ['degraded done', []])
      assert.deepEqual(degraded.recoverable_errors, RECOVERABLE)

      const failures = ['no such module', "('write_files', OSError())"]
      await tell({ status: 'error', errors: failures, recoverable_errors: RECOVERABLE }, 1)
      await assert.rejects(wait(), (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.equal(error.error, `cloud-init ended with errors: ${failures.join('; ')}`)
        assert.deepEqual((error.cause as { errors: unknown }).errors, failures)
        return true
      })
      await tell({ status: 'disabled', detail: 'disabled by a file' }, 0)
      await assert.rejects(wait(), /cloud-init is disabled: disabled by a file$/)
      await absent(cloudy)
    })

    it('cloud-init of an older version, which knows no JSON', async () => {
      const { old } = rest().instances
      await present(old, { source: source(), status: 'Running' })
      const program = `#!/bin/sh
        case "$*" in "status --wait") ;; *) echo "unrecognized arguments" >&2; exit 2;; esac
        mkdir -p /run/cloud-init; cat /root/result >/run/cloud-init/result.json`
      await filePush(old, '/usr/bin/cloud-init', Buffer.from(program), { mode: 0o755 })
      const tell = (v1: object) => filePush(old, '/root/result', Buffer.from(JSON.stringify({ v1 })))
      await tell({ datasource: 'DataSourceNoCloud', errors: [] })
      const { status, datasource } = await waitFor(old, { cloudInit: true }, SOON)
      assert.deepEqual([status, datasource], ['done', 'DataSourceNoCloud'])
      await tell({ errors: ['no network'] })
      await assert.rejects(waitFor(old, { cloudInit: true }, SOON), /ended with errors: no network$/)
      await absent(old)
    })

    it('cloud-init, which is not there: that is told at once, and a wait that is given up ends the command', async () => {
      const { plain } = rest().instances
      await present(plain, { source: source(), status: 'Running' })
      await assert.rejects(waitFor(plain, { cloudInit: true }), /no cloud-init in this instance$/)
      const program = '#!/bin/sh\ntouch /root/begun; exec sleep 1000'
      await filePush(plain, '/usr/bin/cloud-init', Buffer.from(program), { mode: 0o755 })
      const controller = new AbortController()
      const reason = new Error('no longer interested')
      const waiting = waitFor(plain, { cloudInit: true }, { signal: controller.signal })
      await waitFor(plain, { file: '/root/begun' }, SOON)
      controller.abort(reason)
      await assert.rejects(waiting, reason)
      await waitFor(plain, { command: ['sh', '-c', '! pidof sleep'] }, SOON)
      await stop(plain, { force: true })
      await assert.rejects(waitFor(plain, { cloudInit: true }, { timeout: 0 }), APITimeoutException)
      await absent(plain)
    })
  },
  serversOverSocket(),
)
