import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildImage, type ServerUnderTest } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { listDocuments, makeFolder, readBlocks, runBlocks } from './readme-blocks.ts'
import { describeOnServers, type Running, serversOverSocket } from './servers.ts'

/** What the blocks of a document print, besides much else. */
const PRINTED: Readonly<Record<string, readonly RegExp[]>> = {
  'README.md': [/^404 .*Instance not found$/, /^Linux$/, /^true \[/, /^1 ls: .*No such file/, /^Hello$/],
  'docs/commands-and-consoles.md': [/^1 me$/, /^0$/, /^3$/, /^web$/],
  'docs/connections.md': [/^Hello$/],
  'docs/desired-state.md': [/^true$/, /^false$/, /^app was Running/],
  'docs/images-and-backups.md': [/^false$/],
  'docs/paths-and-types.md': [/^Stopped$/, /^me$/],
  'docs/live-views.md': [
    /^1 Stopped$/,
    /^web Stopped$/,
    /^web \{/,
    /^web is stopped$/,
    /^web 0 0 undefined 0 0$/,
  ],
  'docs/errors-and-debugging.md': [/^404 .*Instance not found$/, /^GET \/1\.0\/instances 200 /],
  'docs/files.md': [/^Hello$/, /^\[ 'current', 'etc', 'image.tar.xz', 'www' \]$/],
  'docs/testing.md': [/^db: uname$/, /^true$/],
  'docs/waiting-and-events.md': [/^profile-created \/1\.0\/profiles\/watched$/],
}

const documents = await listDocuments('ts')

describeOnServers('The documents', declare, serversOverSocket())

function declare(running: () => Running, { kind }: ServerUnderTest): void {
  for (const document of kind === 'lxd' ? documents : ['README.md']) {
    it(`${document} has blocks that run from top to bottom`, async t => {
      const folder = await makeFolder(t)
      await copyFile(await buildImage(), join(folder, 'alpine.tar.xz'))
      await furnish(running())
      t.after(() => removeInstances(running()))
      const blocks = (await readBlocks(document, 'ts')).map(
        (block, index) => `${block}\nconsole.log('block ${index}')\n`,
      )
      const lines = await runBlocks(blocks, folder, { LXD_SOCKET: running().daemon.socketPath })
      assert.deepEqual(
        lines.filter(line => line.startsWith('block ')),
        blocks.map((_, index) => `block ${index}`),
      )
      for (const line of PRINTED[document] ?? [])
        assert.ok(
          lines.some(printed => line.test(printed)),
          `${line} is not among:\n${lines.join('\n')}`,
        )
    })
  }
}

/** What a reader has who tries the blocks: an instance `web` that is stopped, and an image with the alias `alpine`. */
async function furnish({ api, image }: Running): Promise<void> {
  const { aliases } = (await api['1.0'].images[image]?.get())?.metadata ?? {}
  if (aliases?.every(({ name }) => name !== 'alpine'))
    await api['1.0'].images.aliases.post({ name: 'alpine', target: image })
  await api['1.0'].instances.post({ name: 'web', source: { type: 'image', alias: 'alpine' } }).wait()
}

async function removeInstances({ api }: Running): Promise<void> {
  const { metadata: instances } = await api['1.0'].instances.get({ query: { recursion: 1 } })
  for (const { name, status } of instances) {
    const instance = api['1.0'].instances.path(name)
    if (status !== 'Stopped') await instance.state.put({ action: 'stop', force: true }).wait()
    await instance.delete().wait()
  }
}
