import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, freePort, makeCertificate, missingReason, startLxd } from '../daemon/index.ts'
import { describe, it } from './node-test.ts'
import { makeFolder, readBlocks, runBlocks } from './readme-blocks.ts'

async function makeToken(daemon: Daemon): Promise<string> {
  return (await daemon.cli(['config', 'trust', 'add', '--name', 'me'])).trim().split('\n').at(-1) ?? ''
}

describe('The README', { skip: missingReason('lxd') }, () => {
  it('has blocks about remote servers that run from top to bottom', async t => {
    await using daemon = await startLxd({ bare: true })
    const { baseUrl, serverCertPath } = await daemon.listenHttps()
    await daemon.cli(['remote', 'add', 'prod', await makeToken(daemon)])
    const folder = await makeFolder(t)
    const { certPath, keyPath } = makeCertificate({ name: 'joining' })
    cpSync(serverCertPath, join(folder, 'server.crt'))
    cpSync(certPath, join(folder, 'client.crt'))
    cpSync(keyPath, join(folder, 'client.key'))
    const nobody = `https://127.0.0.1:${await freePort()}`
    const blocks = (await readBlocks('ts remote')).map(block =>
      block.replaceAll('https://10.0.0.5:8443', baseUrl).replaceAll('https://10.0.0.6:8443', nobody),
    )
    const lines = await runBlocks(blocks, folder, {
      LXD_CONF: join(daemon.dir, 'client'),
      TRUST_TOKEN: await makeToken(daemon),
      HOME: '/nonexistent',
      LXD_GLOBAL_CONF: '/nonexistent',
      INCUS_GLOBAL_CONF: '/nonexistent',
    })
    assert.deepEqual([lines[0], lines[1]], ['true', 'true'])
    assert.ok(lines.includes(`prod ${baseUrl} `))
    assert.deepEqual(lines.slice(-2), ['trusted', baseUrl])
  })
})
