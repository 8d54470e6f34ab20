import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { buildImage } from '../daemon/index.ts'
import { describeOnServers, type Running } from './servers.ts'

const root = join(import.meta.dirname, '../..')

describeOnServers('The README', running => {
  it('has blocks that run from top to bottom', async t => {
    // Inside the repository, where a script finds the packages.
    const folder = await mkdtemp(join(root, 'node_modules', '.readme-'))
    t.after(() => rm(folder, { recursive: true }))
    await copyFile(await buildImage(), join(folder, 'busybox.tar.xz'))
    await createWeb(running())
    const blocks = readBlocks(await readFile(join(root, 'README.md'), 'utf8'))
    await writeFile(join(folder, 'readme.mts'), joinBlocks(blocks))
    const env = { ...process.env, LXD_SOCKET: running().daemon.socketPath, DEBUG: '' }
    const script = ['--import', 'tsx', 'readme.mts']
    const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: folder, env })
    assert.deepEqual(
      stdout.match(/^block \d+$/gm),
      blocks.map((_, index) => `block ${index + 1}`),
    )
    assert.match(stdout, /^Running$/m)
    assert.match(stdout, /^404 .*Instance not found$/m)
  })
})

async function createWeb({ api, image }: Running): Promise<void> {
  await api['1.0'].instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
}

function readBlocks(readme: string): string[] {
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => String(block))
}

/** One module: the blocks build on each other, as their reader reads them. */
function joinBlocks(blocks: readonly string[]): string {
  const source = JSON.stringify(join(root, 'src/index.ts'))
  const parts = blocks.map((block, index) => `${block}\nconsole.log('block ${index + 1}')\n`)
  return parts.join('\n').replaceAll("from 'lxdapi'", `from ${source}`)
}
