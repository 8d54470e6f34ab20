import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  buildImage,
  type Daemon,
  freePort,
  makeCertificate,
  missingReason,
  startLxd,
} from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'
import { listDocuments, makeFolder, readBlocks, runBlocks } from './readme-blocks.ts'
import { type Running, serversOverSocket, startServer } from './servers.ts'

const documents = await listDocuments('ts remote')
const lxd = serversOverSocket().find(({ kind }) => kind === 'lxd')

describe('The documents', { skip: missingReason('lxd') }, () => {
  let local: Running
  let prod: Daemon
  let baseUrl: string
  let serverCertPath: string

  before(async () => {
    if (lxd === undefined) throw new Error('There is no LXD')
    local = await startServer(lxd)
    await local.api['1.0'].instances
      .post({ name: 'web', source: { type: 'image', fingerprint: local.image } })
      .wait()
    prod = await startLxd()
    ;({ baseUrl, serverCertPath } = await prod.listenHttps())
    await prod.cli(['remote', 'add', 'prod', await makeToken(prod)])
  })
  after(async () => {
    await local?.api.close()
    await local?.daemon.stop()
    await prod?.stop()
  })

  for (const document of documents) {
    it(`${document} has blocks about other servers that run from top to bottom`, async t => {
      const nobody = `https://127.0.0.1:${await freePort()}`
      const blocks = (await readBlocks(document, 'ts remote')).map(
        (block, index) =>
          `${block.replaceAll('https://10.0.0.5:8443', baseUrl).replaceAll('https://10.0.0.6:8443', nobody)}\nconsole.log('block ${index}')\n`,
      )
      const lines = await runBlocks(blocks, await furnish(t, serverCertPath), {
        LXD_SOCKET: local.daemon.socketPath,
        LXD_CONF: join(prod.dir, 'client'),
        TRUST_TOKEN: await makeToken(prod),
        HOME: '/nonexistent',
        LXD_GLOBAL_CONF: '/nonexistent',
        INCUS_GLOBAL_CONF: '/nonexistent',
      })
      assert.deepEqual(
        lines.filter(line => line.startsWith('block ')),
        blocks.map((_, index) => `block ${index}`),
      )
      assert.equal(lines[0], 'true')
      if (document === 'README.md') return
      assert.ok(lines.includes(`prod ${baseUrl} `))
      assert.ok(lines.includes('trusted'))
      assert.equal(lines.at(-2), baseUrl)
    })
  }
})

async function makeToken(daemon: Daemon): Promise<string> {
  return (await daemon.cli(['config', 'trust', 'add', '--name', 'me'])).trim().split('\n').at(-1) ?? ''
}

/** A folder with the files that the blocks name. */
async function furnish(t: TestContext, serverCertPath: string): Promise<string> {
  const folder = await makeFolder(t)
  const { certPath, keyPath } = makeCertificate({ name: 'joining' })
  await copyFile(serverCertPath, join(folder, 'server.crt'))
  await copyFile(certPath, join(folder, 'client.crt'))
  await copyFile(keyPath, join(folder, 'client.key'))
  await copyFile(await buildImage(), join(folder, 'alpine.tar.xz'))
  return folder
}
