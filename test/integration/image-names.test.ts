import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  imageAliasPresent,
  imageGetFingerprint,
  imagePresent,
  listImages,
  type Outcome,
  present,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import {
  buildImage,
  buildSplitImage,
  freePort,
  type Kind,
  makeCertificate,
  missingReason,
} from '../daemon/index.ts'
import { imageServer } from '../servers/simplestreams.ts'
import { serveTls } from '../servers/tls-server.ts'
import { after, before, describe, it } from './node-test.ts'
import { type Running, serversOverSocket, startServer } from './servers.ts'
import { recordTransactions } from './transactions.ts'

const client = makeCertificate({ name: 'me' })
const certificateOfImages = makeCertificate({ name: 'images' })

describe('Images by name', { skip: missingReason('lxd') ?? missingReason('incus') }, () => {
  const servers = new Map<Kind, Running>()
  const folder = createTempFolder()
  const environment = { ...process.env }
  const remotes: Record<string, object> = {}

  before(async () => {
    mkdirSync(join(folder, 'servercerts'))
    cpSync(client.certPath, join(folder, 'client.crt'))
    cpSync(client.keyPath, join(folder, 'client.key'))
    const nowhere = {
      HOME: '/nonexistent',
      LXD_GLOBAL_CONF: '/nonexistent',
      INCUS_GLOBAL_CONF: '/nonexistent',
    }
    Object.assign(process.env, nowhere, { LXD_CONF: folder, INCUS_CONF: folder })
    for (const server of serversOverSocket()) {
      const running = await startServer(server)
      servers.set(server.kind, running)
      const { baseUrl, serverCertPath } = await running.daemon.listenHttps()
      await running.daemon.trust(client.cert)
      addRemote(server.kind, { addr: baseUrl }, serverCertPath)
    }
  })
  after(async () => {
    process.env = environment
    for (const { api, daemon } of servers.values()) {
      await api.close()
      await daemon.stop()
    }
  })

  /** Adds a remote to the configurations of both programs. */
  function addRemote(name: string, fields: object, certPath: string): void {
    remotes[name] = fields
    // JSON is YAML.
    writeFileSync(join(folder, 'config.yml'), JSON.stringify({ remotes }))
    cpSync(certPath, join(folder, 'servercerts', `${name}.crt`))
  }

  for (const kind of ['lxd', 'incus'] as const) {
    const running = (): Running => servers.get(kind) as Running // Safe cast: before() has started both.
    const other = kind === 'lxd' ? 'incus' : 'lxd'
    const otherServer = (): Running => servers.get(other) as Running // Safe cast: as above.
    let count = 0
    const create = (source: string): Promise<Outcome> =>
      present(running().api['1.0'].path('instances', `web${++count}`), { source })
    const baseImageOf = ({ result }: Outcome): unknown => result?.metadata.config['volatile.base_image']

    describe(`of ${kind}`, {}, () => {
      it('are pulled from an image server, whose certificate is pinned', async t => {
        const files = buildSplitImage({ variant: `streams ${kind}` })
        const { baseUrl, received } = await serveTls(t, certificateOfImages, imageServer(files))
        addRemote('local-images', { addr: baseUrl, protocol: 'simplestreams' }, certificateOfImages.certPath)
        const { web } = running().api['1.0'].instances
        const desired = { source: 'local-images:busybox', status: 'Running' } as const
        const created = await present(web, desired)
        assert.equal(created.result?.metadata.status, 'Running')
        assert.ok(received.some(({ url }) => url === '/images/rootfs.tar.xz'))
        assert.equal((await present(web, desired)).changed, false)
        const program = kind === 'lxd' ? 'lxc' : 'incus'
        const [listed] = await listImages(`${program}:local-images:`, { alias: 'busybox', type: 'container' })
        assert.equal(listed?.fingerprint, baseImageOf(created))
      })

      it('are aliases of the server, or fingerprints', async () => {
        const { api, image } = running()
        await imageAliasPresent(api, 'busybox', image)
        for (const source of ['busybox', image, image.slice(0, 12), image.toUpperCase().slice(0, 8)]) {
          assert.equal(baseImageOf(await create(source)), image, source)
        }
        await imageAliasPresent(api, 'ab', image)
        assert.equal(baseImageOf(await create('ab')), image)
        await assert.rejects(create('nope'), /GET .*\/images\/aliases\/nope .*not found/i)
      })

      it('are pulled from another server, a private one by a secret', async () => {
        const { api } = otherServer()
        const file = buildImage({ variant: `private ${kind}` })
        await imagePresent(api, file, { aliases: [`private-${kind}`] })
        const created = await create(`${other}:private-${kind}`)
        const [listed] = await listImages(api, { alias: `private-${kind}` })
        assert.equal(baseImageOf(created), listed?.fingerprint)
        const again = await create(`${other}:${listed?.fingerprint.slice(0, 16)}`)
        assert.equal(baseImageOf(again), listed?.fingerprint)
      })

      it('are pulled from another server, a public one by its alias', async () => {
        const { api, daemon } = otherServer()
        const file = buildImage({ variant: `public ${kind}` })
        await imagePresent(api, file, { aliases: [`public-${kind}`], public: true })
        const [listed] = await listImages(api, { alias: `public-${kind}` })
        const { baseUrl, serverCertPath } = await daemon.listenHttps()
        addRemote('open', { addr: baseUrl, public: true }, serverCertPath)
        for (const remote of [other, 'open']) {
          const { value, transactions } = await recordTransactions(() => create(`${remote}:public-${kind}`))
          assert.equal(baseImageOf(value), listed?.fingerprint)
          assert.ok(!transactions.some(one => one.endsWith('/secret')))
        }
      })

      it('of a project of another server are looked for there, or the reason is told', async () => {
        const { api, daemon } = otherServer()
        await api['1.0'].projects.post({ name: 'apart', config: { 'features.images': 'true' } }).wait()
        const { baseUrl, serverCertPath } = await daemon.listenHttps()
        addRemote('apart', { addr: baseUrl, project: 'apart' }, serverCertPath)
        const project = api.with({ query: { project: 'apart' } })
        await imagePresent(project, buildImage({ variant: `apart ${kind}` }), { aliases: ['apart'] })
        const creating = create('apart:apart')
        // LXD 5.0.9 and 6.9 would create it.
        await assert.rejects(
          creating,
          /not found .*looks into a project of another one, here apart: copy\(\)/,
        )
      })

      it('of a remote that is the server itself are its own', async () => {
        const { image, daemon } = running()
        const variables =
          kind === 'lxd' ? { LXD_SOCKET: daemon.socketPath } : { INCUS_SOCKET: daemon.socketPath }
        Object.assign(process.env, variables)
        for (const remote of [kind, 'local']) {
          const { value, transactions } = await recordTransactions(() =>
            create(`${remote}:${image.slice(0, 12)}`),
          )
          assert.equal(baseImageOf(value), image)
          assert.ok(!transactions.some(one => one.endsWith('/secret')))
        }
      })

      // Remotes of lxc have one address.
      if (kind === 'lxd') return
      it('are pulled from the second address of a remote where nothing answers at the first', async t => {
        const files = buildSplitImage({ variant: 'second address' })
        const { baseUrl } = await serveTls(t, certificateOfImages, imageServer(files))
        const addr = `https://127.0.0.1:${await freePort()}, ${baseUrl}`
        addRemote('two-addresses', { addr, protocol: 'simplestreams' }, certificateOfImages.certPath)
        const created = await create('two-addresses:busybox/static')
        assert.equal(baseImageOf(created), await imageGetFingerprint(files))
      })
    })
  }
})
