import { makeCertificate } from '../daemon/index.ts'
import type { Running } from './servers.ts'

type Server = Pick<Running, 'api' | 'image'>

/** Gives a server one of everything that it can have without virtual machines and without another server. */
export async function furnish({ daemon, api, image }: Running): Promise<void> {
  const rest = api['1.0']
  await daemon.trust(makeCertificate({ name: 'friend' }).cert)
  await rest.images.aliases.post({ name: 'busybox', target: image })
  await rest.projects.post({ name: 'other', config: { 'features.images': 'false' } })
  await rest['network-acls']
    .post({ name: 'web', ingress: [{ action: 'allow', state: 'enabled', protocol: 'tcp' }] })
    .wait()
  await furnishNetwork({ api, image })
  await furnishVolumes({ api, image })
  await furnishInstance({ api, image })
}

async function furnishNetwork({ api }: Server): Promise<void> {
  // Another process that tests the same must not want the same network.
  const name = `rest${process.pid % 100_000}`
  const config = { 'ipv4.address': `10.${process.pid % 200}.77.1/24`, 'ipv6.address': 'none' }
  await api['1.0'].networks.post({ name, type: 'bridge', config }).wait()
}

async function furnishVolumes({ api }: Server): Promise<void> {
  const { volumes } = api['1.0']['storage-pools'].default
  await volumes.custom.post({ name: 'data' }).wait()
  await volumes.custom.data.snapshots.post({ name: 'daily' }).wait()
  await volumes.custom.data.backups.post({ name: 'weekly' }).wait()
}

async function furnishInstance({ api, image }: Server): Promise<void> {
  const { instances } = api['1.0']
  await instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
  await instances.post({ name: 'idle', source: { type: 'image', fingerprint: image } }).wait()
  await instances.web.snapshots.post({ name: 'daily' }).wait()
  await instances.web.backups.post({ name: 'weekly' }).wait()
  await instances.web.state.put({ action: 'start' }).wait()
  // Still running while everything is read: a stop of the server ends it.
  await instances.web.exec.post({ command: ['sleep', '600'] })
}
