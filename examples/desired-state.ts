import { API, type Outcome, present } from '../src/index.ts'

// A shop with all it stands on, by path; what comes later needs what comes before. Run it twice: npx tsx examples/desired-state.ts
const source = process.argv[2] ?? 'alpine'
const container = { source, profiles: ['shop'], status: 'Running' }
const state = {
  'projects/shop': { description: 'The shop', config: { 'features.images': false } },
  'storage-pools/shop': { driver: 'dir' },
  'networks/shopbr0': { config: { 'ipv4.address': '10.87.5.1/24', 'ipv6.address': 'none' } },
  'profiles/shop': {
    config: { 'limits.memory': '256MiB', 'boot.autostart': true },
    devices: {
      root: { type: 'disk', path: '/', pool: 'shop' },
      eth0: { type: 'nic', name: 'eth0', network: 'shopbr0' },
    },
  },
  'instances/web1': { ...container, config: { 'user.tier': 'web' } },
  'instances/web2': { ...container, config: { 'user.tier': 'web' } },
  'instances/db': { ...container, config: { 'user.tier': 'db', 'limits.memory': '512MiB' } },
}

const api = API.factory().with({ query: { project: 'shop' } })['1.0']
for (const [path, desired] of Object.entries(state))
  tell(path, await present(api.path(...path.split('/')), desired))

function tell(name: string, { changed, difference }: Outcome): void {
  console.log(`${changed ? 'changed' : 'as it should be'}\t${name}`)
  for (const { path, from, to } of difference) console.log('\t', path.join('.') || 'all of it', from, '→', to)
}
