import type { Program } from '../connection/config-folders.ts'

/** The fields of a remote, as they stand in a `config.yml`. */
type RemoteFields = Readonly<Record<string, unknown>>

const UBUNTU = 'https://cloud-images.ubuntu.com'

/** The remotes, besides `local`, that `lxc` and `incus` know without a configuration. */
export const BUILT_IN_REMOTES: Readonly<Record<Program['name'], Readonly<Record<string, RemoteFields>>>> = {
  lxc: {
    images: imageServer('https://images.lxd.canonical.com'),
    ubuntu: imageServer(`${UBUNTU}/releases/`),
    'ubuntu-daily': imageServer(`${UBUNTU}/daily/`),
    'ubuntu-minimal': imageServer(`${UBUNTU}/minimal/releases/`),
    'ubuntu-minimal-daily': imageServer(`${UBUNTU}/minimal/daily/`),
  },
  incus: { images: imageServer('https://images.linuxcontainers.org') },
}

function imageServer(addr: string): RemoteFields {
  return { addr, protocol: 'simplestreams', public: true }
}
