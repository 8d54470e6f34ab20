import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { API } from '../../src/index.ts'
import { type Daemon, type Kind, missingReason, serverKinds, startDaemon } from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'

const TOKEN_COMMANDS: Readonly<Record<Kind, readonly string[]>> = {
  lxd: ['config', 'trust', 'add', '--name', 'me'],
  incus: ['config', 'trust', 'add', 'me'],
}
const REMOTE_VARIABLES: Readonly<Record<Kind, string>> = { lxd: 'LXC_REMOTE', incus: 'INCUS_REMOTE' }

/** Has the program itself write what it writes when a user adds remotes. */
async function addRemotes(daemon: Daemon, baseUrl: string): Promise<void> {
  const token = (await daemon.cli(TOKEN_COMMANDS[daemon.kind])).trim().split('\n').at(-1) ?? ''
  await daemon.request('POST', '/1.0/projects', { name: 'web', config: { 'features.images': 'false' } })
  await daemon.cli(['remote', 'add', 'prod', token])
  await daemon.cli(['remote', 'add', 'staging', baseUrl, '--accept-certificate', '--project', 'web'])
  await daemon.cli(['remote', 'add', 'pictures', 'https://images.example', '--protocol', 'simplestreams'])
  await daemon.cli(['remote', 'add', 'box', `unix://${daemon.socketPath}`])
  await daemon.cli(['remote', 'switch', 'prod'])
}

/** Calls something that looks at the environment while it is another. */
function within<T>(environment: NodeJS.ProcessEnv, call: () => T): T {
  const before = { ...process.env }
  Object.assign(process.env, environment)
  try {
    return call()
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

for (const kind of ['lxd', 'incus'] as const) {
  const { client, confVariable, dirVariable } = serverKinds[kind]
  describe(`remotes that ${client} has added`, { skip: missingReason(kind) }, () => {
    let daemon: Daemon
    let baseUrl: string
    let environment: NodeJS.ProcessEnv
    before(async () => {
      daemon = await startDaemon(kind, { bare: true })
      ;({ baseUrl } = await daemon.listenHttps())
      await addRemotes(daemon, baseUrl)
      // Nothing of the user that runs the tests.
      const nowhere = {
        HOME: '/nonexistent',
        LXD_GLOBAL_CONF: '/nonexistent',
        INCUS_GLOBAL_CONF: '/nonexistent',
      }
      environment = { ...nowhere, [confVariable]: join(daemon.dir, 'client') }
    })
    after(() => daemon.stop())

    function remote(
      t: TestContext,
      name?: string,
      more: NodeJS.ProcessEnv = {},
    ): ReturnType<typeof API.remote> {
      const api = within({ ...environment, ...more }, () => API.remote(name))
      t.after(() => api.close())
      return api
    }

    it('are listed', () => {
      const remotes = within(environment, () => API.remotes())
      const tell = (wanted: string): unknown[] => {
        const found = remotes.find(({ name }) => name === wanted)
        return [found?.program, found?.address, found?.project, found?.isDefault]
      }
      assert.deepEqual(tell('prod'), [client, baseUrl, undefined, true])
      assert.deepEqual(tell('staging'), [client, baseUrl, 'web', false])
      assert.deepEqual(tell('box'), [client, `unix://${daemon.socketPath}`, undefined, false])
      assert.match(remotes.find(({ name }) => name === 'pictures')?.problem ?? '', /image server/)
    })

    it('are reached with the program’s own certificate, and pinned to the one it has accepted', async t => {
      for (const name of ['prod', 'box']) {
        const { metadata } = await remote(t, name)['1.0'].get()
        assert.equal(metadata.auth, 'trusted')
        assert.equal(metadata.environment?.server_version, daemon.version)
      }
    })

    it('are in the project that was set for them', async t => {
      await remote(t, 'staging')['1.0'].profiles.post({ name: 'web-only' })
      const profiles = (await daemon.request('GET', '/1.0/profiles?project=web')) as string[]
      assert.ok(profiles.some(url => url.startsWith('/1.0/profiles/web-only')))
      assert.equal(((await daemon.request('GET', '/1.0/profiles')) as string[]).length, 1)
    })

    it('are the default, or the one that the environment names', async t => {
      const origin = async (more: NodeJS.ProcessEnv): Promise<string> =>
        (await remote(t, undefined, more)['1.0'].get()).request.origin
      const overSocket = `http+unix://${encodeURIComponent(daemon.socketPath)}`
      const variable = REMOTE_VARIABLES[kind]
      assert.equal(await origin({}), baseUrl)
      assert.equal(await origin({ [variable]: 'box' }), overSocket)
      assert.equal(await origin({ [variable]: 'local', [dirVariable]: daemon.dir }), overSocket)
    })

    it('say so if they are no server', t => {
      assert.throws(() => remote(t, 'pictures'), {
        message: `The remote ${client}:pictures is an image server (simplestreams), which speaks no LXD or Incus API`,
      })
    })
  })
}
