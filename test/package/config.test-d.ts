// What a user perceives of typed configuration. Compiled on every TypeScript that is supported (types.test.ts,
// long/types.test.ts), and never run.
import { API, type ApiExtension, hasExtension, type LifecycleAction, present } from '../../src/index.ts'
import type { Device, EventLifecycle, InstanceConfig, InstancePut } from '../../src/rest.ts'

declare const name: string
declare const config: Record<string, string>
declare const known: InstanceConfig
declare const devices: Record<string, Record<string, string>>
declare const settings: Record<string, string | number | boolean | undefined>

const api = API.factory()['1.0']
const { instances, profiles, projects, networks } = api
const pools = api['storage-pools']
const source = { type: 'image', alias: 'alpine' } as const

export async function knownKeys(): Promise<void> {
  await instances.post({ source, config: { 'limits.memory': '1GiB', 'security.nesting': 'true' } })
  await instances.web.put({ config: { 'limits.cpu': '2', 'raw.lxc': 'lxc.a=b' } })
  await instances.web.patch({ config: { 'boot.autostart': 'false', 'limits.hugepages.1GB': '1GiB' } })
  await profiles.post({ name, config: { 'snapshots.schedule': '@daily' } })
  await profiles.web.put({ config: { 'cloud-init.user-data': '#cloud-config' } })
  await projects.web.patch({ config: { 'features.images': 'false', 'limits.disk.pool.default': '1GiB' } })
  await networks.post({ name, config: { 'ipv4.nat': 'true', 'bgp.peers.home.asn': '65000' } })
  await networks.br0.put({ config: { 'tunnel.one.protocol': 'vxlan', 'dns.domain': 'x' } })
  await pools.post({ name, driver: 'zfs', config: { 'zfs.pool_name': 'x', 'volume.zfs.blocksize': '16KiB' } })
  await pools.default.volumes.custom.post({ name, config: { size: '1GiB', 'block.filesystem': 'ext4' } })
  await pools.default.volumes.custom.data.patch({ config: { 'snapshots.expiry': '1d' } })
  await pools.default.buckets.post({ name, config: { size: '1GiB' } })
  await api.put({ config: { 'core.https_address': ':8443', 'core.trust_password': 'x' } })
  await api.cluster.members.n1.patch({ config: { 'scheduler.instance': 'manual' } })
}

export async function openNamespaces(): Promise<void> {
  await instances.web.patch({
    config: {
      'cloud-init.ssh-keys.me': 'me:ssh-ed25519 x',
      'environment.LANG': 'C',
      'image.os': 'alpine',
      'limits.kernel.whatever': '1',
      'linux.sysctl.net.ipv4.ip_forward': '1',
      'smbios11.key': 'x',
      'systemd.credential.token': 'x',
      'user.anything.at.all': 'x',
      [`user.${name}`]: 'x',
      'volatile.eth0.hwaddr': '00:16:3e:00:00:01',
    },
  })
  await projects.web.patch({ config: { 'user.x': 'y' } })
  await networks.br0.patch({ config: { 'user.x': 'y' } })
  await pools.default.patch({ config: { 'user.x': 'y' } })
  await pools.default.volumes.custom.data.patch({ config: { 'user.x': 'y' } })
  await api.patch({ config: { 'user.x': 'y' } })
  await api.cluster.members.n1.patch({ config: { 'user.x': 'y' } })
}

// What the types don't know yet, and what comes from a server, passes as it is.
export async function whateverIsNotKnown(): Promise<void> {
  await instances.post({ source, config, devices })
  await instances.web.put({ config, devices })
  await instances.web.patch({ config: { ...config, 'limits.cpu': '2' }, devices: { root: config } })
  await profiles.web.put({ config, devices })
  await projects.web.put({ config })
  await networks.br0.put({ config })
  await pools.default.put({ config })
  await pools.default.volumes.custom.data.put({ config })
  await pools.default.buckets.logs.put({ config })
  await api.put({ config })
  await api.cluster.members.n1.put({ config })
  await present(instances.web, { config, devices })
  await present(instances.web, { config: settings, devices: { root: settings } })
  await present(api, { config })
  const newer: Record<string, string> = { 'limits.imagined': '1' }
  await instances.web.patch({ config: { ...newer, 'limits.cpu': '1' } })
}

// An answer goes back, changed or not.
export async function roundTrips(): Promise<void> {
  const { metadata: web } = await instances.web.get()
  await instances.web.put(web)
  await instances.web.put({ ...web, config: { ...web.config, 'limits.memory': '1GiB' } })
  const { root } = web.devices
  await instances.web.put({ ...web, devices: { ...web.devices, root: { ...root, size: '2GiB' } } })
  await profiles.web.put((await profiles.web.get()).metadata)
  await projects.web.put((await projects.web.get()).metadata)
  await networks.br0.put((await networks.br0.get()).metadata)
  await pools.default.put((await pools.default.get()).metadata)
  const data = pools.default.volumes.custom.data
  await data.put((await data.get()).metadata)
  await api.put((await api.get()).metadata)
  const member = api.cluster.members.n1
  await member.put((await member.get()).metadata)
  const answered: Record<string, string> = web.config
  const server: Record<string, string> = (await api.get()).metadata.config
  await present(instances.other, { config: { ...answered, ...server } })
}

export async function presentTurnsIntoText(): Promise<void> {
  await present(instances.web, {
    config: { 'limits.cpu': 2, 'security.nesting': true, 'user.since': new Date(), 'limits.memory': null },
    devices: { eth0: { type: 'nic', nictype: 'bridged', vlan: 5, 'security.mac_filtering': true } },
  })
  await present(profiles.web, { config: { 'boot.autostart.priority': 1, 'environment.N': 1 } })
  await present(projects.web, { config: { 'features.images': false } })
  await present(networks.br0, { config: { 'ipv4.nat': true, 'bridge.mtu': 1400 } })
  await present(pools.default, { config: { 'rsync.compression': false, 'volume.zfs.use_refquota': true } })
  await present(pools.default.volumes.custom.data, { config: { 'security.shifted': true } })
  await present(api, { config: { 'core.bgp_asn': 65000, 'core.bgp_routerid': undefined } })
  // Of a device that is there already, what is to be changed is enough.
  await present(instances.web, { devices: { root: { size: '20GiB' }, eth0: { vlan: null }, eth1: null } })
}

export async function devicesByType(): Promise<void> {
  await instances.web.patch({
    devices: {
      gone: { type: 'none' },
      root: { type: 'disk', path: '/', pool: 'default', 'initial.zfs.blocksize': '16KiB', 'user.x': 'y' },
      eth0: { type: 'nic', network: 'br0', 'ipv4.address': '10.0.0.2' },
      eth1: { type: 'nic', nictype: 'bridged', parent: 'br0', vlan: '5' },
      eth2: { type: 'nic', nictype: 'routed', 'ipv4.host_address': '169.254.0.1' },
      eth3: { type: 'nic', nictype: 'ovn', network: 'ovn', nested: 'eth0' },
      gpu: { type: 'gpu', pci: '0000:01:00.0' },
      slice: { type: 'gpu', gputype: 'mig', 'mig.uuid': 'x' },
      ib: { type: 'infiniband', nictype: 'sriov', parent: 'ib0' },
      port: { type: 'proxy', listen: 'tcp:0.0.0.0:80', connect: 'tcp:127.0.0.1:80' },
      tty: { type: 'unix-char', path: '/dev/ttyUSB0' },
      block: { type: 'unix-block', source: '/dev/sdb' },
      plug: { type: 'unix-hotplug', vendorid: '1234' },
      stick: { type: 'usb', productid: '1234' },
      card: { type: 'pci', address: '0000:01:00.0' },
      tpm: { type: 'tpm', path: '/dev/tpm0' },
    },
  })
  const root = { type: 'disk', path: '/', pool: 'default' } as const
  const eth0: Device = { type: 'nic', network: 'br0' }
  await profiles.post({ name, devices: { root, eth0 } })
  const body: InstancePut = { config: { 'limits.cpu': '1' }, devices: { root } }
  await instances.web.put(body)
  await present(instances.web, body)
  const shared: InstanceConfig = { 'limits.cpu': '1', 'user.x': 'y' }
  await instances.web.patch({ config: shared })
  await present(instances.web, { config: { ...shared, 'limits.memory': '1GiB' }, devices: { root, eth0 } })
  await present(profiles.web, { config: shared, devices: body.devices ?? null })
}

export function keysThatDoNotExist(): void {
  // @ts-expect-error 'limits.memry'' does not exist in type 'InstanceConfig'
  instances.post({ source, config: { 'limits.memry': '1GiB' } })
  // @ts-expect-error 'limits.memry'' does not exist in type 'InstanceConfig'
  instances.web.put({ config: { 'limits.cpu': '1', 'limits.memry': '1GiB' } })
  // @ts-expect-error 'limits.memry'' does not exist in type 'InstanceConfig'
  instances.web.patch({ config: { 'limits.memry': '1GiB' } })
  // @ts-expect-error 'limits.memry'' does not exist in type
  present(instances.web, { config: { 'limits.memry': '1GiB' } })
  // @ts-expect-error 'limits.memry'' does not exist in type 'InstanceConfig'
  profiles.web.put({ config: { ...config, 'limits.memry': '1GiB' } })
  // @ts-expect-error Did you mean 'limits.memory'?
  is<string | undefined>(known['limits.memry'])
  // @ts-expect-error 'features.image'' does not exist in type 'ProjectConfig'
  projects.post({ name, config: { 'features.image': 'false' } })
  // @ts-expect-error 'ipv4.adress'' does not exist in type 'NetworkConfig'
  networks.br0.patch({ config: { 'ipv4.adress': 'none' } })
  // @ts-expect-error 'ipv4.adress'' does not exist in type
  present(networks.br0, { config: { 'ipv4.adress': 'none' } })
  // @ts-expect-error 'volume.szie'' does not exist in type 'StoragePoolConfig'
  pools.default.put({ config: { 'volume.szie': '1GiB' } })
  // @ts-expect-error 'szie' does not exist in type 'StorageVolumeConfig'
  pools.default.volumes.custom.data.put({ config: { szie: '1GiB' } })
  // @ts-expect-error 'szie' does not exist in type
  present(pools.default.volumes.custom.data, { config: { szie: '1GiB' } })
  // @ts-expect-error 'core.https_adress'' does not exist in type 'ServerConfig'
  api.patch({ config: { 'core.https_adress': ':8443' } })
  // @ts-expect-error 'core.https_adress'' does not exist in type
  present(api, { config: { 'core.https_adress': ':8443' } })
  // @ts-expect-error 'scheduler.instances'' does not exist in type 'ClusterMemberConfig'
  api.cluster.members.n1.put({ config: { 'scheduler.instances': 'all' } })
}

export function valuesThatAreNoText(): void {
  // @ts-expect-error only present() turns it into text
  instances.web.patch({ config: { 'limits.cpu': 2 } })
  // @ts-expect-error only present() turns it into text
  instances.web.patch({ config: { 'user.x': true } })
  // @ts-expect-error only present() turns it into text
  instances.web.patch({ devices: { root: { type: 'disk', readonly: true } } })
  // @ts-expect-error only present() turns it into text
  instances.web.patch({ config: settings })
  // @ts-expect-error no value of a config key
  present(instances.web, { config: { 'limits.cpu': ['2'] } })
  // @ts-expect-error no value of an option
  present(instances.web, { devices: { root: { type: 'disk', size: {} } } })
}

export function devicesThatDoNotExist(): void {
  // @ts-expect-error Did you mean '"disk"'?
  instances.web.put({ devices: { root: { type: 'dsk' } } })
  // @ts-expect-error Did you mean '"disk"'?
  present(instances.web, { devices: { root: { type: 'dsk' } } })
  // @ts-expect-error Did you mean to write 'path'?
  instances.web.put({ devices: { root: { type: 'disk', pth: '/' } } })
  // @ts-expect-error Did you mean to write 'path'?
  present(instances.web, { devices: { root: { type: 'disk', pth: '/' } } })
  // @ts-expect-error Did you mean '"bridged"'?
  instances.web.put({ devices: { eth0: { type: 'nic', nictype: 'brigded' } } })
  // @ts-expect-error 'ipv4.host_address'' does not exist in type 'BridgedNicDevice
  instances.web.put({ devices: { eth0: { type: 'nic', nictype: 'bridged', 'ipv4.host_address': 'x' } } })
  // @ts-expect-error 'ipv4.host_address'' does not exist in type 'NetworkNicDevice
  instances.web.put({ devices: { eth0: { type: 'nic', network: 'br0', 'ipv4.host_address': 'x' } } })
  // @ts-expect-error a network has its own
  instances.web.put({ devices: { eth0: { type: 'nic', network: 'br0', parent: 'eth0' } } })
  // @ts-expect-error either, or
  instances.web.put({ devices: { eth0: { type: 'nic', nictype: 'bridged', network: 'br0' } } })
  // @ts-expect-error 'ipv4.adress'' does not exist in type 'NetworkNicDevice
  instances.web.put({ devices: { eth0: { type: 'nic', network: 'br0', 'ipv4.adress': '10.0.0.2' } } })
  // @ts-expect-error 'source' does not exist in type 'TpmDevice
  profiles.web.put({ devices: { tpm: { type: 'tpm', source: '/dev/tpm0' } } })
  // @ts-expect-error 'szie' does not exist in type
  present(instances.web, { devices: { root: { szie: '20GiB' } } })
}

export async function namesWithAnOpenEnd(event: EventLifecycle): Promise<void> {
  const { api_extensions: extensions } = (await api.get()).metadata
  is<boolean>(extensions.includes('projects'))
  is<boolean>(extensions.includes('newer'))
  is<boolean>(extensions.includes(name))
  is<string[]>(extensions)
  is<ApiExtension[]>(['projects', 'newer'])
  is<LifecycleAction[]>(['instance-started', 'instance-teleported'])
  is<boolean>(event.action === 'instance-started' || event.action === 'instance-teleported')
  is<string>(event.action)
  is<boolean>(await hasExtension(api, 'projects'))
  is<boolean>(await hasExtension(API.factory(), name, { timeout: 5 }))
  // @ts-expect-error not assignable to parameter of type 'ApiRoot'
  hasExtension(instances.web, 'projects')
}

declare function is<Expected>(value: Expected): void
