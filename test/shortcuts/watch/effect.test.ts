import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, type Path } from '../../../src/index.ts'
import { collectionAt } from '../../../src/shortcuts/watch/collection.ts'
import { effectOf } from '../../../src/shortcuts/watch/effect.ts'

// The events are as LXD 5.0.2 and Incus 6.0.4 sent them.

const root: Path = API.factory({ baseUrl: 'http://127.0.0.1:1' })['1.0'] as unknown as Path
const ALL = { query: { 'all-projects': true } }
const NOTHING = { names: [], isWhole: false }
const WHOLE = { names: [], isWhole: true }

function lifecycle(list: Path, action: string, source: unknown, project = 'default', old_name?: string) {
  const context = old_name === undefined ? {} : { context: { old_name } }
  return effectOf(collectionAt(list, 'watch()'), {
    type: 'lifecycle',
    project,
    metadata: { action, source, ...context },
  })
}

function operation(list: Path, resources: unknown, project = 'default', fields: object = {}) {
  const metadata = { class: 'task', status_code: 200, description: 'Creating instance', resources, ...fields }
  return effectOf(collectionAt(list, 'watch()'), { type: 'operation', project, metadata })
}

test('an event touches the item that its source names', () => {
  const started = lifecycle(root.instances, 'instance-started', '/1.0/instances/c1')
  assert.deepEqual(started, { names: ['c1'], isWhole: false })
  const created = lifecycle(root.profiles, 'profile-created', '/1.0/profiles/a%20b')
  assert.deepEqual(created, { names: ['a b'], isWhole: false, origin: ['a b', undefined] })
})

test('an event of another list, of something below an item, or of a use of an instance has no effect', () => {
  assert.deepEqual(lifecycle(root.instances, 'network-created', '/1.0/networks/c1'), NOTHING)
  const below = lifecycle(root.instances, 'instance-snapshot-created', '/1.0/instances/c1/snapshots/s0')
  assert.deepEqual(below, NOTHING)
  for (const action of [
    'instance-exec',
    'instance-console',
    'instance-file-pushed',
    'instance-log-retrieved',
  ])
    assert.deepEqual(lifecycle(root.instances, action, '/1.0/instances/c1'), NOTHING)
})

test('a rename touches both names', () => {
  const renamed = lifecycle(root.instances, 'instance-renamed', '/1.0/instances/b', 'default', 'a')
  assert.deepEqual(renamed, { names: ['b', 'a'], isWhole: false, origin: ['b', 'a'] })
  const { snapshots } = root.instances.c1 as Path
  const source = '/1.0/instances/c1/snapshots/s1'
  const ofSnapshot = lifecycle(snapshots as Path, 'instance-snapshot-renamed', source, 'default', 'c1/s0')
  assert.deepEqual(ofSnapshot, { names: ['s1', 's0'], isWhole: false, origin: ['s1', 's0'] })
})

test('only events of the project count, and for what projects may share those of the default project', () => {
  const source = '/1.0/instances/c1?project=p2'
  const p2 = root.with({ query: { project: 'p2' } })
  assert.deepEqual(lifecycle(root.instances, 'instance-started', source, 'p2'), NOTHING)
  assert.deepEqual(lifecycle(p2.instances, 'instance-started', source, 'p2').names, ['c1'])
  assert.deepEqual(lifecycle(p2.instances, 'instance-started', '/1.0/instances/c1'), NOTHING)
  assert.deepEqual(lifecycle(p2.profiles, 'profile-updated', '/1.0/profiles/x').names, ['x'])
})

test('in a list of all projects the project comes first, but for what belongs to none', () => {
  const { instances, certificates } = root.with(ALL)
  const started = lifecycle(instances, 'instance-started', '/1.0/instances/c1?project=p2', 'p2')
  assert.deepEqual(started.names, ['p2/c1'])
  assert.deepEqual(lifecycle(certificates, 'certificate-created', '/1.0/certificates/ab').names, ['ab'])
})

test('an operation that has ended touches what it was about', () => {
  const resources = { containers: ['/1.0/containers/c1'], instances: ['/1.0/instances/c1'] }
  assert.deepEqual(operation(root.instances, resources).names, ['c1'])
  assert.deepEqual(operation(root.with(ALL).instances, resources, 'p2').names, ['p2/c1'])
  for (const fields of [{ status_code: 103 }, { class: 'websocket' }, { description: 'Executing command' }])
    assert.deepEqual(operation(root.instances, resources, 'default', fields), NOTHING)
  // LXD 5.0 tells no more of a change of a snapshot.
  assert.deepEqual(operation(root.instances.c1?.snapshots as Path, resources), WHOLE)
})

test('volumes are read as a whole, whose names have their project before them in events', () => {
  const { custom } = root['storage-pools'].default.volumes
  const source = '/1.0/storage-pools/default/volumes/custom/default_new'
  const renamed = lifecycle(custom as Path, 'storage-volume-renamed', source, 'default', 'old')
  assert.deepEqual([renamed.isWhole, renamed.origin], [true, ['new', 'old']])
  const { snapshots } = custom.new as Path
  assert.equal(
    lifecycle(snapshots as Path, 'storage-volume-snapshot-created', `${source}/snapshots/s0`).isWhole,
    true,
  )
  assert.equal(lifecycle(custom as Path, 'instance-deleted', '/1.0/instances/c1').isWhole, true)
})

test('an alias that is encoded twice is found under both names, and changes the list of images', () => {
  const source = '/1.0/images/aliases/a%252Fb'
  assert.deepEqual(lifecycle(root.images.aliases, 'image-alias-updated', source).names, ['a%2Fb', 'a/b'])
  assert.deepEqual(lifecycle(root.images, 'image-alias-updated', source), WHOLE)
})

test('a change of a profile changes instances, also where a project shares that of the default one', () => {
  const p2 = root.with({ query: { project: 'p2' } })
  assert.deepEqual(lifecycle(root.instances, 'profile-updated', '/1.0/profiles/x'), WHOLE)
  assert.deepEqual(lifecycle(p2.instances, 'profile-updated', '/1.0/profiles/x'), WHOLE)
  assert.deepEqual(lifecycle(root.instances, 'profile-updated', '/1.0/profiles/x?project=p2', 'p2'), NOTHING)
})

test('a list whose owner is renamed or deleted is read again', () => {
  const snapshots = root.instances.c1?.snapshots as Path
  assert.deepEqual(lifecycle(snapshots, 'instance-deleted', '/1.0/instances/c1'), WHOLE)
  assert.deepEqual(lifecycle(snapshots, 'instance-renamed', '/1.0/instances/c2', 'default', 'c1'), WHOLE)
  assert.deepEqual(lifecycle(snapshots, 'instance-deleted', '/1.0/instances/c2'), NOTHING)
  assert.deepEqual(lifecycle(root.instances, 'project-deleted', '/1.0/projects/p2', 'p2'), WHOLE)
})

test('whatever a server sends leads to no other URL, and to no exception', () => {
  for (const source of [
    undefined,
    null,
    7,
    {},
    'http://[',
    '/1.0/instances/%ff',
    '/1.0/instances/%252e%252e',
  ])
    for (const list of [root.instances, root.images.aliases as Path])
      assert.deepEqual(
        lifecycle(list, 'instance-created', source).names.filter(name => ['', '.', '..'].includes(name)),
        [],
      )
  assert.deepEqual(effectOf(collectionAt(root.instances, ''), { type: 'lifecycle', metadata: null }), NOTHING)
  assert.deepEqual(operation(root.instances, ['/1.0/instances/c1']), NOTHING)
  assert.deepEqual(operation(root.instances, { instances: [7, null, 'http://['] }), WHOLE)
})
