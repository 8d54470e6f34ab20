import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { API, absent, present } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { buildSplitImage, type Kind, makeCertificate, missingReason } from '../daemon/index.ts'
import { imageServer } from '../servers/simplestreams.ts'
import { serveTls } from '../servers/tls-server.ts'
import { after, before, describe, it } from './node-test.ts'
import { type Running, serversOverSocket, startServer } from './servers.ts'

const client = makeCertificate({ name: 'me' })
const imageServerCertificate = makeCertificate({ name: 'images' })
const TITLES = { lxd: 'lxc', incus: 'incus' }

describe('Images by name', { skip: missingReason('lxd') ?? missingReason('incus') }, () => {
  const running = new Map<Kind, Running>()
  const folder = createTempFolder()
  const environment = { ...process.env }

  before(async () => {
    for (const server of serversOverSocket()) running.set(server.kind, await startServer(server))
    mkdirSync(join(folder, 'servercerts'))
    cpSync(client.certPath, join(folder, 'client.crt'))
    cpSync(client.keyPath, join(folder, 'client.key'))
    const nowhere = {
      HOME: '/nonexistent',
      LXD_GLOBAL_CONF: '/nonexistent',
      INCUS_GLOBAL_CONF: '/nonexistent',
    }
    Object.assign(process.env, nowhere, { LXD_CONF: folder, INCUS_CONF: folder })
  })
  after(async () => {
    process.env = environment
    for (const { api, daemon } of running.values()) {
      await api.close()
      await daemon.stop()
    }
  })

  function serverOf(kind: Kind): Running {
    return running.get(kind) as Running // Safe cast: before() has started both.
  }

  function configure(remotes: object): void {
    // JSON is YAML.
    writeFileSync(join(folder, 'config.yml'), JSON.stringify({ remotes }))
  }

  for (const kind of ['lxd', 'incus'] as const) {
    it(`${kind} pulls from an image server`, async t => {
      const { baseUrl, received } = await serveTls(
        t,
        imageServerCertificate,
        imageServer(buildSplitImage({ variant: 'streams' })),
      )
      configure({ 'local-images': { addr: baseUrl, protocol: 'simplestreams', public: true } })
      cpSync(imageServerCertificate.certPath, join(folder, 'servercerts', 'local-images.crt'))
      const { web } = serverOf(kind).api['1.0'].instances
      const { changed, result } = await present(web, { source: 'local-images:busybox', status: 'Running' })
      console.log(
        changed,
        result?.metadata.status,
        received.map(r => r.url),
      )
      await absent(web)
    })
  }
})
