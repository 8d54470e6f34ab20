import assert from 'node:assert/strict'
import {
  APIException,
  APINotFoundException,
  type ApiPath,
  absent,
  type Path,
  present,
  update,
} from '../../src/index.ts'
import { waitForOperations } from '../../src/shortcuts/shared/wait-for-operations.ts'
import { it } from './node-test.ts'
import { listResources, ownNames, type Resource } from './resources.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'
import { recordTransactions } from './transactions.ts'

describeOnServers(
  'Desired state',
  running => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')

    it('brings every kind of resource there and away, and changes only what differs', async t => {
      const resources = listResources(running(), ownNames())
      for (const resource of resources) {
        const { title, skip = false } = resource
        await t.test(`${title} comes`, { skip }, () => comes(resource))
        await t.test(`${title}, changed by somebody else, is brought back`, { skip }, () =>
          comesBack(resource),
        )
      }
      for (const resource of resources.toReversed()) {
        const { title, skip = false } = resource
        await t.test(`${title} goes`, { skip }, () => goes(resource))
      }
    })

    it('takes away an instance that is just being created', async () => {
      const source = { type: 'image', fingerprint: running().image }
      for (let round = 0; round < 5; round++) {
        const path = rest().instances.path(`created${round}`)
        const started = await rest().instances.post({ name: `created${round}`, source })
        assert.equal((await absent(path)).changed, true)
        await waitForOperations(path)
        assert.equal((await absent(path)).changed, false)
        assert.equal(started.response.statusCode, 202)
      }
    })

    it('removes a config key, a device and a field by null, and leaves alone what is undefined', async () => {
      const path = rest().profiles.path('pruned')
      const device = { type: 'disk', source: '/tmp', path: '/mnt', readonly: true }
      const desired = {
        description: 'ours',
        config: { 'user.a': 1, 'user.b': 2 },
        devices: { one: device, two: device },
      }
      await present(path, { ...desired, devices: { one: device, two: { ...device, path: '/opt' } } })
      const pruned = {
        description: null,
        config: { 'user.a': null, 'user.b': undefined },
        devices: { one: null, two: { readonly: null } },
      }
      const { result, difference } = await present(path, pruned)
      assert.deepEqual(difference.map(one => one.path.join(' ')).sort(), [
        'config user.a',
        'description',
        'devices one',
        'devices two readonly',
      ])
      assert.equal(result?.metadata.description, '')
      assert.deepEqual(result?.metadata.config, { 'user.b': '2' })
      assert.deepEqual(result?.metadata.devices, { two: { type: 'disk', source: '/tmp', path: '/opt' } })
      assert.equal((await present(path, pruned)).changed, false)
      await absent(path)
    })

    it('changes the server’s own config', async () => {
      const config = { 'core.bgp_asn': 65000 }
      assert.equal((await present(rest(), { config })).changed, true)
      assert.equal((await present(rest(), { config })).changed, false)
      assert.equal((await present(rest(), { config: { 'core.bgp_asn': null } })).changed, true)
    })

    it('tells of a field that the server takes and does not keep', async () => {
      const path = rest().profiles.path('strict')
      await assert.rejects(present(path, { descripton: 'a typing error' }), (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.match(
          error.message,
          /took the change of descripton, and it is as it was: \/1\.0\/profiles\/strict/,
        )
        assert.match(
          error.message,
          /\[\/1\.0\/profiles\/strict: it was created, descripton was set; it exists\]$/,
        )
        return true
      })
      await assert.rejects(
        present(rest()['storage-pools'].default, { driver: 'zfs' }),
        /the change of driver/,
      )
      await absent(path)
    })

    it('says what was reached when the server refuses', async () => {
      const path = rest().profiles.path('refused')
      await assert.rejects(
        present(path, { config: { 'limits.cpu': 'plenty' } }),
        /refused: nothing was changed; it does not exist\]$/,
      )
      await present(path, { config: { 'limits.cpu': 1 } })
      await assert.rejects(
        present(path, { config: { 'limits.cpu': 'plenty' } }),
        /refused: nothing was changed; it exists\]$/,
      )
      await assert.rejects(absent(rest().profiles.default), /default: nothing was changed; it exists\]$/)
      await absent(path)
    })

    it('refuses what names no item, before anything is sent that changes something', async () => {
      await assert.rejects(present(rest().path(String('profiles')), {}), TypeError)
      await assert.rejects(present(rest().profiles.path('one'), { name: 'other' }), TypeError)
      await assert.rejects(present('/1.0/profiles/x' as unknown as Path, {}), TypeError)
      const { cert } = (await import('../daemon/index.ts')).makeCertificate()
      await assert.rejects(
        present(rest().certificates.path('00ff'), { type: 'client', certificate: cert }),
        /fingerprint of the certificate is [0-9a-f]{64}, not 00ff/,
      )
    })

    it('works in a project, and with a filterless default of it', async () => {
      const project = rest().projects.path('apart')
      await present(project, { config: { 'features.images': false } })
      const apart = rest().with({ query: { project: 'apart' } })
      assert.equal((await present(apart.profiles.path('inside'), { config: { 'user.a': 1 } })).changed, true)
      assert.equal((await present(apart.profiles.path('inside'), { config: { 'user.a': 1 } })).changed, false)
      await assert.rejects(rest().profiles.path('inside').get(), APINotFoundException)
      assert.equal((await absent(apart.profiles.path('inside'))).changed, true)
      assert.equal((await absent(project)).changed, true)
    })

    it('update() writes what its function makes of it, once', async () => {
      const path = rest().profiles.path('counted')
      await present(path, { config: { 'user.count': 1 } })
      const count = (profile: Counted) => {
        profile.config['user.count'] = String(Number(profile.config['user.count']) + 1)
      }
      const { changed, difference, result } = await update(path, count)
      assert.deepEqual(difference, [{ path: ['config', 'user.count'], from: '1', to: '2' }])
      assert.equal(changed, true)
      assert.equal(result?.metadata.config['user.count'], '2')
      const { value, transactions } = await recordTransactions(() => update(path, () => undefined))
      assert.equal(value.changed, false)
      assert.deepEqual(transactions, ['GET /1.0/profiles/counted'])
      const checked = await update(path, count, { check: true })
      assert.equal(checked.changed, true)
      const removed = await update(path, ({ config, ...profile }) => ({ ...profile, config: {} }))
      assert.deepEqual(removed.difference, [{ path: ['config', 'user.count'], from: '2', to: undefined }])
      await absent(path)
      await assert.rejects(update(path, count), APINotFoundException)
    })
  },
  serversOverSocket(),
)

interface Counted {
  readonly config: Record<string, string>
}

/** From absent to present, once. */
async function comes({ path, desired }: Resource): Promise<void> {
  const foretold = await recordTransactions(() => present(path, desired, { check: true }))
  assert.equal(foretold.value.changed, true)
  assert.equal(foretold.value.result, undefined)
  assert.deepEqual(foretold.transactions, [`GET ${path}`])

  const created = await recordTransactions(() => present(path, desired))
  assert.equal(created.value.changed, true)
  assert.ok(created.value.result)
  assert.equal(created.value.difference[0]?.from, undefined)
  assert.equal(count(created.transactions, 'POST'), 1)

  await isAsAskedFor({ path, desired })
}

/** Only that one thing, and what was not asked for stays as somebody else made it. */
async function comesBack({ path, desired, spoil, place }: Resource): Promise<void> {
  const { metadata } = await path.get()
  const wanted = at(metadata, place)
  spoil(metadata)
  await path.put(metadata).wait()
  const spoiled = (await path.get()).metadata

  const foretold = await present(path, desired, { check: true })
  const mended = await recordTransactions(() => present(path, desired))
  assert.deepEqual(mended.value.difference, foretold.difference)
  assert.deepEqual(
    mended.value.difference.map(one => one.path),
    [place],
  )
  assert.deepEqual(mended.value.difference[0]?.from, at(spoiled, place))
  assert.equal(count(mended.transactions, 'PATCH') + count(mended.transactions, 'PUT'), 1)
  assert.equal(count(mended.transactions, 'POST'), 0)

  const { metadata: now } = await path.get()
  assert.deepEqual(at(now, place), wanted)
  setAt(spoiled, place, wanted)
  assert.deepEqual(withoutExpanded(now), withoutExpanded(spoiled))
  await isAsAskedFor({ path, desired })
}

/** What is as asked for costs one GET. */
async function isAsAskedFor({ path, desired }: Pick<Resource, 'path' | 'desired'>): Promise<void> {
  const { value, transactions } = await recordTransactions(() => present(path, desired))
  assert.deepEqual(value.difference, [])
  assert.equal(value.changed, false)
  assert.ok(value.result)
  assert.deepEqual(transactions, [`GET ${path}`])
}

/** From present to absent, once. */
async function goes({ path }: Resource): Promise<void> {
  assert.equal((await absent(path, { check: true })).changed, true)
  const deleted = await recordTransactions(() => absent(path))
  assert.equal(deleted.value.changed, true)
  assert.ok(deleted.value.result)
  assert.equal(count(deleted.transactions, 'DELETE'), 1)

  const again = await recordTransactions(() => absent(path))
  assert.deepEqual([again.value.changed, again.value.result], [false, undefined])
  // Somebody might just be creating it.
  assert.deepEqual(again.transactions, [`GET ${path}`, 'GET /1.0/operations?recursion=1'])
}

/** Without what the server makes of the rest. */
function withoutExpanded({
  expanded_config,
  expanded_devices,
  ...metadata
}: Record<string, unknown>): unknown {
  return metadata
}

function count(transactions: readonly string[], method: string): number {
  return transactions.filter(transaction => transaction.startsWith(`${method} `)).length
}

function at(metadata: object, place: readonly string[]): unknown {
  // True: every place leads through maps.
  return place.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], metadata)
}

function setAt(metadata: object, place: readonly string[], value: unknown): void {
  const parent = at(metadata, place.slice(0, -1)) as Record<string, unknown> // True: as above.
  parent[place.at(-1) ?? ''] = value
}
