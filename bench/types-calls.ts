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

/** Returns the source of a module with 300 calls, with the REST types or untyped; `library` is the folder of the library. */
export function writeCalls(library: string, isTyped: boolean): string {
  const [file, type] = isTyped ? ['rest', 'Rest'] : ['path', 'Path']
  const calls = Array.from({ length: 300 }, (_, i) => CALLS[i % CALLS.length]?.replaceAll('$', `name${i}`))
  const lines = calls.map((call, i) => `export const result${i} = (await ${call}).metadata`)
  return `import type { ${type} } from '${library}/${file}.js'\ndeclare const api: ${type}\n${lines.join('\n')}\n`
}
