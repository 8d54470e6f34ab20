// Typical calls; `$` is replaced by a different name in each.
const CALLS = [
  'api.get()',
  "api.resources.get({ query: { target: '$' } })",
  "api.instances.get({ query: { recursion: 1, project: '$' } })",
  "api.instances.get({ query: { recursion: 2, filter: 'status eq $' } })",
  "api.instances.post({ name: '$', source: { type: 'image', alias: 'debian/13' }, config: { 'limits.cpu': '2' } }).wait()",
  "api.instances['$'].get()",
  "api.instances['$'].put({ description: 'x', devices: { root: { type: 'disk', path: '/' } } }).wait()",
  "api.instances['$'].patch({ config: { 'user.x': '$' } })",
  "api.instances['$'].delete().wait()",
  "api.instances['$'].state.get()",
  "api.instances['$'].state.put({ action: 'stop', timeout: 30, force: true }).wait()",
  "api.instances['$'].exec.post({ command: ['true'], 'record-output': true }).wait()",
  "api.instances['$'].files.get({ query: { path: '/etc/hosts' } })",
  "api.instances['$'].snapshots.post({ name: 'daily' }).wait()",
  "api.instances['$'].snapshots['daily'].delete().wait()",
  'api.images.get({ query: { recursion: 1 } })',
  "api.images['$'].export.get()",
  "api.images.aliases['$'].get()",
  "api.profiles.post({ name: '$', config: {}, devices: {} })",
  "api.profiles['$'].put({ description: '$' })",
  "api.projects.post({ name: '$', config: { 'features.images': 'false' } })",
  "api.networks['$'].get({ query: { project: 'x' } })",
  "api.networks['$'].forwards.post({ listen_address: '10.0.0.1' })",
  "api['network-acls'].post({ name: '$', ingress: [{ action: 'allow' }] })",
  "api['storage-pools']['$'].volumes['custom']['data'].snapshots.get({ query: { recursion: 1 } })",
  "api.operations['$'].get()",
  'api.certificates.get({ query: { recursion: 1 } })',
  "api.path('instances', '$', 'state').get()",
  "api.instances.path('$').get()",
  "api.forUrl('/1.0/instances/$/state').get()",
]

// The same with typed configuration: keys of all kinds, and devices of several types.
const CONFIGS = [
  "api.instances.post({ name: '$', source: { type: 'image', alias: 'a' }, config: { 'limits.cpu': '2', 'limits.memory': '$', 'user.a': '1' }, devices: { root: { type: 'disk', path: '/', pool: '$' }, eth0: { type: 'nic', network: '$' } } }).wait()",
  "api.instances['$'].put({ config: { 'security.nesting': 'true', 'environment.LANG': '$', 'snapshots.schedule': '@daily' }, devices: { eth0: { type: 'nic', nictype: 'bridged', parent: '$', vlan: '5' } } }).wait()",
  "api.instances['$'].patch({ config: { 'boot.autostart': 'true', 'linux.sysctl.net.ipv4.ip_forward': '1', 'raw.lxc': '$' } })",
  "present(api.instances['$'], { config: { 'limits.cpu': 2, 'security.nesting': true, 'user.x': '$' }, devices: { root: { size: '$' }, web: { type: 'proxy', listen: 'tcp:$', connect: 'tcp:$' } } })",
  "api.profiles.post({ name: '$', config: { 'cloud-init.user-data': '$' }, devices: { gpu: { type: 'gpu', gputype: 'mig', 'mig.uuid': '$' } } })",
  "present(api.profiles['$'], { config: { 'limits.processes': 100 }, devices: { tty: { type: 'unix-char', path: '$' } } })",
  "present(api.projects['$'], { config: { 'features.images': false, 'limits.instances': 5 } })",
  "present(api.networks['$'], { config: { 'ipv4.nat': true, 'bgp.peers.$.asn': 65000, 'ipv6.address': 'none' } })",
  "api['storage-pools'].post({ name: '$', driver: 'zfs', config: { 'zfs.pool_name': '$', 'volume.zfs.blocksize': '16KiB' } })",
  "present(api['storage-pools'].default.volumes.custom['$'], { config: { size: '$', 'snapshots.expiry': '1d' } })",
  "api.patch({ config: { 'core.https_address': '$', 'user.x': '$' } })",
  "api.cluster.members['$'].patch({ config: { 'scheduler.instance': 'manual' } })",
]

/** The calls that can be measured. */
export const workloads = { calls: CALLS, configs: CONFIGS } as const

/** Returns the source of a module with 300 calls, with the REST types or untyped; `library` is the folder of the library. */
export function writeCalls(library: string, workload: keyof typeof workloads, isTyped: boolean): string {
  const [file, type] = isTyped ? ['rest', 'Rest'] : ['path', 'Path']
  const all = workloads[workload]
  const calls = Array.from({ length: 300 }, (_, i) => all[i % all.length]?.replaceAll('$', `name${i}`))
  const lines = calls.map((call, i) =>
    call?.startsWith('present')
      ? `export const result${i} = (await ${call}).result`
      : `export const result${i} = (await ${call}).metadata`,
  )
  const imports = [`import type { ${type} } from '${library}/${file}.js'`]
  if (workload === 'configs') imports.push(`import { present } from '${library}/index.js'`)
  return `${imports.join('\n')}\ndeclare const api: ${type}\n${lines.join('\n')}\n`
}
