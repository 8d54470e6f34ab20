import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  APIException,
  APINotFoundException,
  absent,
  exportTo,
  type ImageFiles,
  imageAbsent,
  imageAliasPresent,
  imageGet,
  imageGetFingerprint,
  imagePresent,
  type Outcome,
  publish,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { buildImage, buildSplitImage } from '../daemon/index.ts'
import { it } from './node-test.ts'
import { describeOnServers } from './servers.ts'
import { recordTransactions } from './transactions.ts'

describeOnServers('Images', running => {
  const launch = async (fingerprint: string): Promise<void> => {
    const { api } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'launched', source: { type: 'image', fingerprint } }).wait()
    await instances.launched.state.put({ action: 'start' }).wait()
    assert.equal((await instances.launched.get()).metadata.status, 'Running')
    await absent(api['1.0'].instances.launched)
  }

  const kinds: [string, () => ImageFiles][] = [
    ['in one file', () => buildImage({ variant: 'lap', padding: 300_000 })],
    ['in two files', () => buildSplitImage({ variant: 'lap', padding: 300_000 })],
  ]
  for (const [kind, build] of kinds) {
    it(`${kind} launch after upload, alias, export, delete, upload of the export; fingerprints equal`, async () => {
      const { api } = running()
      const files = build()
      const fingerprint = await imageGetFingerprint(files)
      const told: { bytes: number; total: number | undefined }[] = []
      const options = { aliases: ['lap'], properties: { os: 'é & b', serial: '1' }, public: true }
      assert.equal(await imagePresent(api, files, { ...options, onProgress: step => told.push(step) }), true)
      assert.equal(told.at(-1)?.bytes, told.at(-1)?.total)
      assert.equal(await imagePresent(api, files, options), false)
      await launch(fingerprint)

      const target = join(createTempFolder(), 'export')
      const exported = await exportTo(api['1.0'].images[fingerprint.slice(0, 12)], target)
      assert.equal(await imageGetFingerprint(exported), fingerprint)
      assert.equal(typeof exported, typeof files)
      assert.equal(await imageAbsent(api, fingerprint), true)
      assert.equal(await imagePresent(api, exported, { aliases: ['lap'] }), true)
      const again = await imageGet(api, fingerprint)
      assert.ok(again)
      assert.deepEqual(
        again.metadata.aliases.map(({ name }: { name: string }) => name),
        ['lap'],
      )
      await launch(fingerprint)
      await imageAbsent(api, fingerprint)
    })
  }

  it('that are there are brought to the properties, aliases and public that are asked for', async () => {
    const { api } = running()
    const files = buildSplitImage({ variant: 'details' })
    const fingerprint = await imageGetFingerprint(files)
    await imagePresent(api, files, { properties: { kept: 'yes', changed: 'no' } })
    await imageAliasPresent(api, 'moved', running().image)
    const asked = { properties: { changed: 'yes' }, public: true, aliases: ['moved', 'new'] }
    assert.equal(await imagePresent(api, files, asked), true)
    assert.equal(await imagePresent(api, files, asked), false)
    const { metadata } = (await imageGet(api, fingerprint)) || {}
    assert.equal(metadata.public, true)
    assert.equal(metadata.properties.kept, 'yes')
    assert.equal(metadata.properties.changed, 'yes')
    assert.equal((await api['1.0'].images.aliases.moved.get()).metadata.target, fingerprint)
    await imageAbsent(api, fingerprint)
  })

  it('that are big are hashed while the server does so too, unless one of that size is there', async () => {
    const { api } = running()
    const [image, other] = [makeBigImage('image'), makeBigImage('other')]
    const first = await recordTransactions(() => imagePresent(api, image))
    assert.equal(first.value, true)
    assert.deepEqual(first.transactions.slice(0, 2), ['GET /1.0/images?recursion=1', 'POST /1.0/images'])
    const again = await recordTransactions(() => imagePresent(api, image))
    assert.equal(again.value, false)
    assert.ok(again.transactions.every(transaction => transaction.startsWith('GET ')))
    assert.equal(await imagePresent(api, other), true)
    for (const path of [image, other])
      assert.equal(await imageAbsent(api, await imageGetFingerprint(path)), true)
    const results = await Promise.all([imagePresent(api, other), imagePresent(api, other)])
    assert.ok(results.includes(true), String(results))
    assert.equal(await imageAbsent(api, await imageGetFingerprint(other)), true)
  })

  it('that are no images are refused, and the server keeps nothing', async () => {
    const { api, daemon } = running()
    const dir = createTempFolder()
    writeFileSync(join(dir, 'noise'), Buffer.alloc(100_000, 'noise'))
    execFileSync('tar', ['cf', 'empty.tar', '-T', '/dev/null'], { cwd: dir })
    const before = readdirSync(join(daemon.dir, 'images')).length
    for (const name of ['noise', 'empty.tar'])
      await assert.rejects(imagePresent(api, join(dir, name)), APIException)
    await assert.rejects(imagePresent(api, join(dir, 'nope')), { code: 'ENOENT' })
    await assert.rejects(imagePresent(api, { metadata: join(dir, 'noise'), rootfs: join(dir, 'nope') }), {
      code: 'ENOENT',
    })
    assert.equal(readdirSync(join(daemon.dir, 'images')).length, before)
  })

  it('that are not there are not exported', async () => {
    const target = join(createTempFolder(), 'export')
    await assert.rejects(exportTo(running().api['1.0'].images['f'.repeat(64)], target), APINotFoundException)
    assert.equal(existsSync(target), false)
  })

  it('are made of instances and of snapshots, and launch', async () => {
    const { api, image } = running()
    const { instances } = api['1.0']
    await instances.post({ name: 'model', source: { type: 'image', fingerprint: image } }).wait()
    await instances.model.snapshots.post({ name: 'clean' }).wait()
    const options = { aliases: ['published'], properties: { from: 'model' }, compression: 'none' }
    const ofInstance = fingerprintOf(await publish(api['1.0'].instances.model, options))
    const found = await imageGet(api, ofInstance)
    assert.ok(found && found.metadata.properties.from === 'model')
    await launch(ofInstance)
    const { clean } = api['1.0'].instances.model.snapshots
    const ofSnapshot = fingerprintOf(await publish(clean, { aliases: ['published'] }))
    assert.equal((await api['1.0'].images.aliases.published.get()).metadata.target, ofSnapshot)
    await launch(ofSnapshot)
    await assert.rejects(publish(api['1.0'].instances.nobody), APIException)
    await absent(api['1.0'].instances.model)
  })
})

function fingerprintOf({ changed, result }: Outcome): string {
  assert.ok(changed)
  return result?.metadata.fingerprint
}

/** An image that is bigger than those of which the fingerprint is taken first, and of the same size whatever its name. */
function makeBigImage(name: string): string {
  const dir = createTempFolder()
  writeFileSync(join(dir, 'metadata.yaml'), JSON.stringify({ architecture: 'x86_64', creation_date: 1 }))
  mkdirSync(join(dir, 'rootfs'))
  writeFileSync(join(dir, 'rootfs', 'name'), name)
  writeFileSync(join(dir, 'rootfs', 'zeros'), Buffer.alloc(65 * 2 ** 20))
  execFileSync('tar', ['cf', 'image.tar', 'metadata.yaml', 'rootfs'], { cwd: dir })
  return join(dir, 'image.tar')
}
