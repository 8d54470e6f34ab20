import assert from 'node:assert/strict'
import { readConfigFacts } from '../../generate/config/facts.ts'
import { configInterfaces, deviceInterfaces } from '../../generate/config/interfaces.ts'
import { type ConfigKey, isOpen, mergeKeys, typeOf } from '../../generate/config/merge-keys.ts'
import { APIException, hasExtension, present } from '../../src/index.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const facts = readConfigFacts()

// Valid where neither `true` nor `1` is.
const VALUES: Readonly<Record<string, string>> = {
  'boot.host_shutdown_action': 'stop',
  'cloud-init.network-config': 'version: 2',
  'cluster.evacuate': 'stop',
  'limits.cpu.allowance': '50%',
  'limits.memory.enforce': 'soft',
  'raw.idmap': 'both 1000 1000',
  'raw.lxc': 'lxc.environment = A=b',
  'raw.qemu.scriptlet': 'def qemu_hook(instance, stage): pass',
  'security.syscalls.intercept.mount.fuse': 'ext4=fuse2fs',
  'snapshots.expiry': '1d',
  'snapshots.schedule': '@daily',
}

// What needs something of the host, or excludes what others set.
const NOT_ON_THIS_CONTAINER: ReadonlySet<string> = new Set([
  'limits.disk.priority',
  'nvidia.runtime',
  'raw.idmap',
  'raw.seccomp',
  'security.privileged',
  'security.syscalls.allow',
])

// The entities of Incus 6.0 that have an interface; the others are typed as text by name.
const INTERFACES: Readonly<Record<string, string>> = {
  cluster: 'ClusterMemberConfig',
  instance: 'InstanceConfig',
  kernel: 'InstanceConfig',
  project: 'ProjectConfig',
  server: 'ServerConfig',
  'devices/disk': 'DiskDevice',
  'devices/unix-char-block': 'UnixCharDevice',
  'devices/unix-hotplug': 'UnixHotplugDevice',
  'devices/usb': 'UsbDevice',
}

describeOnServers(
  'Typed configuration',
  (running, { kind }) => {
    const oldest = kind === 'lxd' ? 'LXD 5.0' : 'Incus 6.0'
    // If the server is another version: what the tests below find belongs into generate/facts/older-config.json.
    const taken = facts.older[oldest] ?? {}

    it('says of each key of an instance whether the server takes it', async () => {
      const { profiles } = running().api['1.0']
      await profiles.post({ name: 'one' })
      const found = await takenOf(keysOf('InstanceConfig'), key =>
        profiles.one.put({ config: { [key.name]: String(valueFor(key)) } as Config }),
      )
      assert.deepEqual(found, taken.InstanceConfig)
    })

    it('says of each key of a server whether the server takes it', async () => {
      const { api } = running()
      const found = await takenOf(keysOf('ServerConfig'), ({ name }) =>
        // LXD 5.0 crashes at an empty threshold.
        api['1.0'].patch({ config: { [name]: name === 'cluster.offline_threshold' ? '20' : '' } as Config }),
      )
      assert.deepEqual(found, taken.ServerConfig)
    })

    // LXD 5.0 tells nothing.
    if (kind === 'incus') {
      it('has what the server tells of its keys', async () => {
        const { configs } = (await running().api['1.0'].metadata.configuration.get()).metadata
        const complaints: string[] = []
        for (const [entity, groups] of Object.entries(configs)) {
          for (const [group, { keys }] of Object.entries(groups)) {
            const name = INTERFACES[entity] ?? INTERFACES[`${entity}/${group}`]
            if (name !== undefined) complaints.push(...keys.flatMap(key => complaintsOf(name, key)))
          }
        }
        assert.deepEqual(complaints, [])
      })
    }

    it('is taken by present() as numbers, booleans and text, and then it is there', async () => {
      const { api, image } = running()
      const { web } = api['1.0'].instances
      const keys = keysOf('InstanceConfig').filter(
        key => taken.InstanceConfig?.includes(key.name) && isForContainer(key),
      )
      assert.ok(keys.length > 60, `${keys.length} keys`)
      const known = Object.fromEntries(keys.map(key => [key.name, valueFor(key)]))
      const open = {
        'environment.A': 1,
        'image.x': true,
        'limits.kernel.msgqueue': 4096,
        'linux.sysctl.net.x': 1,
        'user.x': 1,
      }
      const config = { ...known, ...open }
      const desired = {
        source: { type: 'image', fingerprint: image },
        config,
        devices: { tmp: { type: 'disk', source: '/tmp', path: '/x', readonly: true, 'user.x': 1 } },
      } as const
      assert.equal((await present(web, desired)).changed, true)
      const { changed, result } = await present(web, desired)
      assert.equal(changed, false)
      for (const [key, value] of Object.entries(config))
        assert.equal(result?.metadata.config[key], String(value), key)
    })

    it('refuses what the server refuses', async () => {
      const { api } = running()
      const { profiles } = api['1.0']
      await assert.rejects(
        // @ts-expect-error no such key
        present(profiles.typo, { config: { 'limits.memry': '1GiB' } }),
        /nknown configuration key: limits\.memry/,
      )
      await assert.rejects(
        // @ts-expect-error no such option
        present(profiles.typo, { devices: { root: { type: 'disk', path: '/', pool: 'default', pth: '/' } } }),
        /Invalid device option: pth|Invalid device option "pth"/,
      )
      await assert.rejects(
        // @ts-expect-error no such key
        present(api['1.0'], { config: { 'core.https_adress': ':8443' } }),
        /unknown key/,
      )
      await present(api['1.0'], { config: { 'user.owner': 'me' } })
      await present(api['1.0'], { config: { 'user.owner': null } })
    })

    it('hasExtension() tells what the server lists', async () => {
      const { api } = running()
      const { api_extensions: extensions } = (await api['1.0'].get()).metadata
      assert.equal(extensions.includes('projects'), true)
      assert.equal(await hasExtension(api, 'projects'), true)
      assert.equal(await hasExtension(api['1.0'], 'instances'), true)
      assert.equal(await hasExtension(api['1.0'], 'metadata_configuration'), kind === 'incus')
      assert.equal(await hasExtension(api, 'no_such_extension'), false)
      await assert.rejects(hasExtension(api, ''), TypeError)
    })
  },
  serversOverSocket(),
)

type Config = Record<string, string>

function keysOf(name: string): ConfigKey[] {
  return allKeysOf(name).filter(key => !isOpen(key))
}

function allKeysOf(name: string): ConfigKey[] {
  const one = configInterfaces[name] ?? deviceInterfaces[name]
  assert.ok(one, `no interface is called ${name}`)
  return mergeKeys(name, one, facts)
}

function valueFor({ name, types }: ConfigKey): string | number | boolean {
  return VALUES[name] ?? (types.includes('boolean') ? true : 1)
}

function isForContainer({ name, conditions }: ConfigKey): boolean {
  return !conditions.includes('virtual-machine') && !NOT_ON_THIS_CONTAINER.has(name)
}

/** The names of the keys that the server takes; it refuses the others for no other reason than their names. */
async function takenOf(
  keys: readonly ConfigKey[],
  set: (key: ConfigKey) => Promise<unknown>,
): Promise<string[]> {
  const taken: string[] = []
  for (const key of keys) {
    const why = await refusalOf(set(key))
    if (why === undefined) taken.push(key.name)
    else assert.match(why, /[Uu]nknown (configuration )?key/, key.name)
  }
  return taken
}

async function refusalOf(change: Promise<unknown>): Promise<string | undefined> {
  try {
    await change
    return undefined
  } catch (error) {
    if (!(error instanceof APIException)) throw error
    return error.message
  }
}

interface Told {
  readonly type?: string
  readonly liveupdate?: string
}

/** In what a key of a server is not as the interface says. */
function complaintsOf(name: string, told: Readonly<Record<string, Told>>): string[] {
  const all = allKeysOf(name)
  return Object.entries(told).flatMap(([key, { type, liveupdate }]) => {
    const known = all.find(one => one.name === key) ?? all.find(one => patternOf(one).test(key))
    if (known === undefined) return [`${name} lacks ${key}`]
    if (isOpen(known)) return []
    const isTyped = known.types.includes(typeOf(type))
    const isLive =
      known.live === undefined || liveupdate === undefined || known.live === (liveupdate === 'yes')
    return isTyped && isLive ? [] : [`${name}.${key}: ${type}, live update ${liveupdate}`]
  })
}

function patternOf({ name }: ConfigKey): RegExp {
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.+')}$`)
}
