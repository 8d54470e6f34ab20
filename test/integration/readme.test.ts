import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildImage } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { makeFolder, readBlocks, runBlocks } from './readme-blocks.ts'
import { describeOnServers, type Running, serversOverSocket } from './servers.ts'

describeOnServers('The README', declare, serversOverSocket())

function declare(running: () => Running): void {
  it('has blocks that run from top to bottom', async t => {
    const folder = await makeFolder(t)
    await copyFile(await buildImage(), join(folder, 'busybox.tar.xz'))
    await createWeb(running())
    const blocks = (await readBlocks('ts')).map((block, index) => `${block}\nconsole.log('block ${index}')\n`)
    const lines = await runBlocks(blocks, folder, { LXD_SOCKET: running().daemon.socketPath })
    assert.deepEqual(
      lines.filter(line => line.startsWith('block ')),
      blocks.map((_, index) => `block ${index}`),
    )
    assert.ok(lines.includes('Running'))
    assert.ok(lines.some(line => /^404 .*Instance not found$/.test(line)))
  })
}

async function createWeb({ api, image }: Running): Promise<void> {
  await api['1.0'].instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
}
