import assert from 'node:assert/strict'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  buildImage,
  type Daemon,
  type Kind,
  missingReason,
  serverKinds,
  startDaemon,
} from '../daemon/index.ts'
import { describe, it } from './node-test.ts'

const PROJECT = dirname(dirname(import.meta.dirname))
const IMAGES: Readonly<Record<Kind, string>> = {
  lxd: 'security.devlxd.images',
  incus: 'security.guestapi.images',
}
// The second argument is a file that tells the host to go on.
const SCRIPT = `import { writeFileSync } from 'node:fs'
  import { API, events } from './src/index.ts'
  const [fingerprint, marker] = process.argv.slice(1)
  const api = API.guest()
  const guest = api['1.0']
  const statusOf = name => guest.config.path(name).get().catch(error => error.statusCode)
  const told = {
    versions: (await api.get()).metadata,
    type: (await guest.get()).metadata.instance_type,
    keys: (await guest.config.get()).metadata,
    role: await (await guest.config['user.role'].get()).text(),
    cloud: await (await guest['meta-data'].get()).text(),
    root: (await guest.devices.get()).metadata.root.pool,
    refusals: [await statusOf('user.nope'), await statusOf('nope')],
    bytes: (await (await guest.images[fingerprint].export.get()).bytes()).length,
  }
  const refusal = await guest.patch({ state: 'Asleep' }).then(() => 'ignored', error => error.error)
  await guest.patch({ state: 'Ready' })
  const { state } = (await guest.get()).metadata
  const stream = await events(api)
  writeFileSync(marker, '')
  const seen = []
  for await (const { type, metadata } of stream) {
    seen.push([type, metadata.key ?? metadata.name, metadata.value ?? metadata.action])
    if (type === 'device') break
  }
  console.log(JSON.stringify({ ...told, refusal, state, seen }))`

for (const kind of ['lxd', 'incus'] as const) {
  describe(`API.guest() in a container of ${serverKinds[kind].title}`, { skip: missingReason(kind) }, () => {
    it('reads what the instance may know, tells that it is ready, and receives its events', async () => {
      await using daemon = await startDaemon(kind)
      await startGuest(daemon)
      const [image] = (await daemon.request('GET', '/1.0/images?recursion=1')) as [
        { readonly fingerprint: string; readonly size: number },
      ]
      const marker = join(daemon.dir, 'listening')
      const running = runInside(daemon, SCRIPT, [image.fingerprint, `/mnt${marker}`])
      await Promise.race([running, until(() => existsSync(marker))])
      await daemon.cli(['config', 'set', 'c1', 'user.role=db'])
      const device = ['unix-char', 'source=/dev/null', 'path=/dev/other']
      await daemon.cli(['config', 'device', 'add', 'c1', 'other', ...device])

      const { cloud, refusal, state, ...told } = JSON.parse(await running)
      assert.deepEqual(told, {
        versions: ['/1.0'],
        type: 'container',
        keys: ['/1.0/config/user.role'],
        role: 'web',
        root: 'default',
        refusals: [404, 403],
        bytes: image.size,
        seen: [
          ['config', 'user.role', 'db'],
          ['device', 'other', 'added'],
        ],
      })
      assert.match(cloud, /^#cloud-config\ninstance-id: .+\nlocal-hostname: c1$/m)
      // LXD 5.0 knows no states.
      assert.deepEqual(
        [state, refusal],
        kind === 'lxd' ? ['', 'ignored'] : ['Ready', 'Invalid state "Asleep"'],
      )
      assert.match(await daemon.cli(['list', '--format', 'csv']), kind === 'lxd' ? /RUNNING/ : /READY/)
    })
  })
}

async function startGuest(daemon: Daemon): Promise<void> {
  await daemon.cli(['image', 'import', await buildImage(), '--alias', 'busybox', '--public'])
  const settings = ['security.privileged=true', 'user.role=web', `${IMAGES[daemon.kind]}=true`]
  await daemon.cli(['init', 'busybox', 'c1', ...settings.flatMap(setting => ['-c', setting])])
  // The whole machine is in the container, so Node is.
  const disk = ['source=/', 'path=/mnt', 'recursive=true']
  await daemon.cli(['config', 'device', 'add', 'c1', 'machine', 'disk', ...disk])
  await daemon.cli(['start', 'c1'])
}

/** Runs a script by the machine's Node, but with the container's `/dev`; resolves with its output. */
function runInside(daemon: Daemon, script: string, args: readonly string[]): Promise<string> {
  const node = withLoader(process.execPath)
  const options = ['--import', 'tsx', '--input-type=module', '--eval', script, ...args]
  const command = ['/bin/sh', '-c', `cd '/mnt${PROJECT}' && exec "$@"`, 'sh', ...node, ...options]
  return daemon.cli(['exec', 'c1', '--env', 'HOME=/root', '--', ...command])
}

// The container has none of the libraries that Node is linked to.
function withLoader(program: string): readonly string[] {
  // Safe cast: https://nodejs.org/docs/latest-v20.x/api/report.html
  const { sharedObjects } = process.report.getReport() as unknown as {
    readonly sharedObjects: readonly string[]
  }
  const files = sharedObjects.filter(path => path.startsWith('/')).map(path => `/mnt${realpathSync(path)}`)
  const loader = files.find(path => /\/ld-[^/]*$/.test(path)) ?? ''
  const folders = [...new Set(files.map(dirname))].join(':')
  return [loader, '--library-path', folders, `/mnt${realpathSync(program)}`]
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20)
}
