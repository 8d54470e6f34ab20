import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type Daemon, freePort, makeCertificate, startLxd, whyNot } from '../daemon/index.ts'

const root = join(import.meta.dirname, '../..')

/** The blocks for which a server has to be somewhere else. */
function readBlocks(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  return [...readme.matchAll(/^```ts remote\n(.*?)^```$/gms)].map(([, block]) => String(block))
}

async function makeToken(daemon: Daemon): Promise<string> {
  return (await daemon.cli(['config', 'trust', 'add', '--name', 'me'])).trim().split('\n').at(-1) ?? ''
}

describe('The README', { skip: whyNot('lxd') ?? false }, () => {
  it('has blocks about remote servers that run from top to bottom', async t => {
    await using daemon = await startLxd({ bare: true })
    const { baseUrl, serverCertPath } = await daemon.listenHttps()
    await daemon.cli(['remote', 'add', 'prod', await makeToken(daemon)])
    // Inside the repository, where a script finds the packages.
    const folder = mkdtempSync(join(root, 'node_modules', '.readme-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const { certPath, keyPath } = makeCertificate({ name: 'joining' })
    cpSync(serverCertPath, join(folder, 'server.crt'))
    cpSync(certPath, join(folder, 'client.crt'))
    cpSync(keyPath, join(folder, 'client.key'))
    const source = readBlocks()
      .join('\n')
      .replaceAll("from 'lxdapi'", `from ${JSON.stringify(join(root, 'src/index.ts'))}`)
      .replaceAll('https://10.0.0.5:8443', baseUrl)
      .replaceAll('https://10.0.0.6:8443', `https://127.0.0.1:${await freePort()}`)
    writeFileSync(join(folder, 'readme.mts'), source)
    const environment = {
      LXD_CONF: join(daemon.dir, 'client'),
      TRUST_TOKEN: await makeToken(daemon),
      DEBUG: '',
    }
    const nowhere = {
      HOME: '/nonexistent',
      LXD_GLOBAL_CONF: '/nonexistent',
      INCUS_GLOBAL_CONF: '/nonexistent',
    }
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'readme.mts'], {
      cwd: folder,
      env: { ...process.env, ...nowhere, ...environment },
    })
    const lines = stdout.trim().split('\n')
    assert.deepEqual([lines[0], lines[1]], ['true', 'true'])
    assert.ok(lines.includes(`prod ${baseUrl} `))
    assert.deepEqual(lines.slice(-2), ['trusted', baseUrl])
  })
})
