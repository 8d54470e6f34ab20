import assert from 'node:assert/strict'
import { type ApiPath, absent, type Path, present, update } from '../../src/index.ts'
import { it } from './node-test.ts'
import { listResources, ownNames, type Resource } from './resources.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const CALLERS = 50
// Each of them may have to try as often as there are others.
const WRITERS = 20

describeOnServers(
  'Fifty callers at once',
  running => {
    const rest = (): Path => (running().api as ApiPath).path('1.0')

    it('create each kind of resource once and delete it once, and none of them fails', async t => {
      const resources = listResources(running(), ownNames())
      for (const resource of resources) {
        const { title, skip = false } = resource
        await t.test(`${title} is created`, { skip }, () => createAtOnce(resource))
      }
      for (const resource of resources.toReversed()) {
        const { title, skip = false } = resource
        await t.test(`${title} is deleted`, { skip }, () => deleteAtOnce(resource))
      }
    })

    it('start one container that none of them found', async () => {
      const source = { type: 'image', fingerprint: running().image }
      const instance = { name: 'started', source, status: 'Running' } as const
      assert.ok(
        (await all(() => present(rest().instances[instance.name], instance), 10)).some(
          ({ changed }) => changed,
        ),
      )
      assert.equal((await present(rest().instances[instance.name], instance)).changed, false)
      await absent(rest().instances.path('started'))
    })

    it('keep each other’s changes, whether they bring about or update', async () => {
      const path = rest().profiles.path('shared')
      await present(path, { config: { 'user.count': 0 } })
      const count = (profile: { config: Record<string, string> }) => {
        profile.config['user.count'] = String(Number(profile.config['user.count']) + 1)
      }
      const outcomes = await all(
        async index =>
          index % 2 === 0
            ? update(path, count)
            : present(path, { config: { [`user.caller${index}`]: 'was here' } }),
        WRITERS,
      )
      assert.ok(outcomes.every(({ changed }) => changed))
      const { config } = (await path.get()).metadata
      assert.equal(config['user.count'], String(WRITERS / 2))
      assert.equal(Object.values(config).filter(value => value === 'was here').length, WRITERS / 2)
      await absent(path)
    })

    it('change the same thing once', async () => {
      const path = rest().profiles.path('agreed')
      await present(path, {})
      const outcomes = await all(() => present(path, { config: { 'user.a': 'agreed' } }))
      assert.equal(outcomes.filter(({ changed }) => changed).length, 1)
      await absent(path)
    })
  },
  serversOverSocket(),
)

async function createAtOnce({ path, desired }: Resource): Promise<void> {
  const outcomes = await all(() => present(path, desired))
  const creations = outcomes.filter(({ difference }) =>
    difference.some(one => one.path.length === 0 && one.from === undefined),
  )
  assert.equal(creations.length, 1)
  assert.ok(outcomes.every(({ result }) => result))
  assert.equal((await present(path, desired)).changed, false)
}

async function deleteAtOnce({ path }: Resource): Promise<void> {
  const outcomes = await all(() => absent(path))
  assert.equal(outcomes.filter(({ changed }) => changed).length, 1)
  assert.equal((await absent(path)).changed, false)
}

function all<T>(call: (index: number) => Promise<T>, callers = CALLERS): Promise<T[]> {
  return Promise.all(Array.from({ length: callers }, (_, index) => call(index)))
}
