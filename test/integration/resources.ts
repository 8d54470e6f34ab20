import { X509Certificate } from 'node:crypto'
import type { ApiPath, Path } from '../../src/index.ts'
import { makeCertificate, missingReason } from '../daemon/index.ts'
import type { Running } from './servers.ts'

/** One resource of a kind: where it is, what it should be, and what somebody else makes of it. */
export interface Resource {
  readonly title: string
  /** Why it cannot be created here. */
  readonly skip?: string | undefined
  readonly path: Path
  readonly desired: Readonly<Record<string, unknown>>
  /** Changes what was asked for, in the one place that {@link place} names, and may add what was not. */
  readonly spoil: (metadata: Metadata) => void
  readonly place: readonly string[]
}

/** A resource as GET tells it. */
export interface Metadata {
  config: Record<string, string>
  [field: string]: unknown
}

/** The names of what a test needs that several processes must not want at once. */
export interface Names {
  readonly network: string
  readonly subnet: string
}

let count = 0

/** A network's name and addresses that no other process and no other test of this one has. */
export function ownNames(): Names {
  count += 1
  return {
    network: `ds${process.pid % 1_000_000}n${count}`,
    subnet: `10.${100 + count}.${process.pid % 250}`,
  }
}

const spoilConfig = ({ config }: Metadata): void => {
  config['user.mine'] = 'spoiled'
  config['user.theirs'] = 'kept'
}
const config = { 'user.mine': 1 }
const described = { description: 'ours', config }
const inConfig = { spoil: spoilConfig, place: ['config', 'user.mine'] }
const spoilTime = (metadata: Metadata): void => {
  metadata['expires_at'] = '2031-01-01T00:00:00Z'
}

/** What every server here can have; what stands later may need what stands before. */
export function listResources({ api, image }: Running, { network, subnet }: Names): readonly Resource[] {
  // The paths of version 1.0, untyped.
  const rest: Path = (api as ApiPath).path('1.0')
  const source = { type: 'image', fingerprint: image }
  const { cert, fingerprint } = newCertificate()
  const zone = rest['network-zones'].path(`${network}.example`)
  const expires_at = new Date('2030-01-01T00:00:00.123Z')
  const volume = rest['storage-pools'].default.volumes.custom.path(`vol-${network}`)
  const instance = rest.instances.path(`i-${network}`)
  const rule = { action: 'allow', state: 'enabled', protocol: 'tcp', destination_port: '80' }
  const bridge = { 'ipv4.address': `${subnet}.1/24`, 'ipv6.address': 'none', 'user.mine': 1 }
  const noBridges = missingReason('network')
  const device = { type: 'disk', source: '/tmp', path: '/mnt', readonly: true }
  return [
    {
      title: 'a profile',
      path: rest.profiles.path(network),
      desired: { ...described, devices: { device } },
      ...inConfig,
    },
    { title: 'a project', path: rest.projects.path(network), desired: described, ...inConfig },
    {
      title: 'a storage pool',
      path: rest['storage-pools'].path(network),
      desired: { ...described, driver: 'dir' },
      ...inConfig,
    },
    { title: 'a storage volume', path: volume, desired: described, ...inConfig },
    {
      title: 'a snapshot of a volume',
      path: volume.snapshots.path('daily'),
      desired: { description: 'ours', expires_at },
      spoil: spoilTime,
      place: ['expires_at'],
    },
    {
      title: 'a network',
      skip: noBridges,
      path: rest.networks.path(network),
      desired: { description: 'ours', type: 'bridge', config: bridge },
      ...inConfig,
    },
    {
      title: 'a network ACL',
      path: rest['network-acls'].path(network),
      desired: { ...described, ingress: [rule] },
      spoil: metadata => {
        metadata['ingress'] = []
      },
      place: ['ingress'],
    },
    {
      title: 'a network forward',
      skip: noBridges,
      path: rest.networks.path(network, 'forwards', '192.0.2.7'),
      desired: {
        ...described,
        ports: [{ listen_port: '80', protocol: 'tcp', target_address: `${subnet}.5` }],
      },
      ...inConfig,
    },
    { title: 'a network zone', path: zone, desired: described, ...inConfig },
    {
      title: 'a record of a network zone',
      path: zone.records.path('www'),
      desired: { ...described, entries: [{ type: 'A', value: '192.0.2.8' }] },
      ...inConfig,
    },
    {
      title: 'an image alias',
      path: rest.images.aliases.path('a/slash & more'),
      desired: { target: image, description: 'ours' },
      spoil: metadata => {
        metadata['description'] = 'theirs'
      },
      place: ['description'],
    },
    {
      title: 'a certificate',
      path: rest.certificates.path(fingerprint),
      desired: { type: 'client', name: 'ours', certificate: cert },
      spoil: metadata => {
        metadata['name'] = 'theirs'
      },
      place: ['name'],
    },
    { title: 'an instance', path: instance, desired: { source, config, devices: { device } }, ...inConfig },
    {
      title: 'a snapshot of an instance',
      path: instance.snapshots.path('daily'),
      desired: { expires_at },
      spoil: spoilTime,
      place: ['expires_at'],
    },
  ]
}

function newCertificate(): { cert: string; fingerprint: string } {
  const { cert } = makeCertificate({ name: 'of a test' })
  return { cert, fingerprint: new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase() }
}
