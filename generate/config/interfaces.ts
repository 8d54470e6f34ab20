/** Where an interface takes its keys from. */
export interface Source {
  /** The entities of the facts; the part in parentheses is the variant, such as the driver of a pool. */
  readonly entity: RegExp
  /** The groups of keys; all of them by default. */
  readonly group?: RegExp
}

/** An interface of configuration keys. */
export interface ConfigInterface {
  readonly summary: string
  readonly sources: readonly Source[]
  /** What the variants are, for the keys that only some of them have. */
  readonly variants?: string
  /** Namespaces that the facts lack. */
  readonly open?: readonly string[]
  /** A type whose properties it has as well. */
  readonly extends?: string
}

/** A device, by what distinguishes it from the others. */
export interface DeviceInterface {
  readonly summary: string
  readonly sources: readonly Source[]
  readonly variants?: string
  /** Types of `type` and of what else distinguishes it. */
  readonly marks: Readonly<Record<string, string>>
}

/** The interfaces of configuration keys by name. */
export const configInterfaces: Readonly<Record<string, ConfigInterface>> = {
  InstanceConfig: {
    summary: 'Configuration of an instance or a profile.',
    sources: [{ entity: /^instance$/ }, { entity: /^kernel$/ }],
    open: ['image.*', 'limits.kernel.*', 'volatile.*'],
  },
  ProjectConfig: { summary: 'Configuration of a project.', sources: [{ entity: /^project$/ }] },
  NetworkConfig: {
    summary: 'Configuration of a network of any type.',
    sources: [{ entity: /^network-(bridge|macvlan|ovn|physical|sriov)$/ }],
    variants: 'networks',
    open: ['user.*', 'volatile.*'],
  },
  StoragePoolConfig: {
    summary:
      'Configuration of a storage pool of any driver; `volume.` and a key is the default of its volumes.',
    sources: [{ entity: /^storage-(?!volume-|bucket-)(.*)$/, group: /^(common|pool-conf)$/ }],
    variants: 'pools',
    open: ['user.*', 'volatile.*'],
    extends: 'VolumeDefaults',
  },
  StorageVolumeConfig: {
    summary: 'Configuration of a storage volume in a pool of any driver.',
    sources: [
      { entity: /^storage-volume-(.*)$/ },
      { entity: /^storage-(?!volume-|bucket-)(.*)$/, group: /^volume-conf$/ },
    ],
    variants: 'pools',
    open: ['user.*', 'volatile.*'],
  },
  StorageBucketConfig: {
    summary: 'Configuration of a storage bucket.',
    sources: [
      { entity: /^storage-bucket-(.*)$/ },
      { entity: /^storage-(?!volume-|bucket-)(.*)$/, group: /^bucket-conf$/ },
    ],
    open: ['user.*'],
  },
  ServerConfig: {
    summary: 'Configuration of a server.',
    sources: [{ entity: /^server$/ }],
    open: ['user.*', 'volatile.*'],
  },
  ClusterMemberConfig: {
    summary: 'Configuration of a cluster member.',
    sources: [{ entity: /^cluster$/, group: /^(?!link)/ }],
    open: ['user.*'],
  },
}

const MANAGED_NICS = /^device-nic-(bridged|macvlan|ovn|physical|sriov)$/

/** The interfaces of devices by name. */
export const deviceInterfaces: Readonly<Record<string, DeviceInterface>> = {
  NoDevice: { summary: 'Hides a device of a profile.', sources: [], marks: { type: "'none'" } },
  DiskDevice: device('A disk, a folder or a volume.', 'disk'),
  NetworkNicDevice: {
    summary: 'A network interface on a network of the server, which determines its options.',
    sources: [{ entity: MANAGED_NICS }],
    variants: 'networks',
    marks: { type: "'nic'", nictype: "'ovn' | undefined", parent: 'undefined' },
  },
  BridgedNicDevice: nic('A network interface on a bridge.', 'bridged'),
  IpvlanNicDevice: nic('A network interface with the MAC address of its parent.', 'ipvlan'),
  MacvlanNicDevice: nic('A network interface with a MAC address of its own on its parent.', 'macvlan'),
  P2pNicDevice: nic('A pair of network interfaces, one of them on the host.', 'p2p'),
  PhysicalNicDevice: nic('A network interface of the host.', 'physical'),
  RoutedNicDevice: nic('A network interface with static routes on the host.', 'routed'),
  SriovNicDevice: nic('A virtual function of a network interface.', 'sriov'),
  InfinibandDevice: {
    ...device('An InfiniBand interface.', 'infiniband'),
    marks: { type: "'infiniband'", nictype: "'physical' | 'sriov'" },
  },
  GpuDevice: gpu('A GPU.', 'physical', "'physical' | undefined"),
  MdevGpuDevice: gpu('A virtual GPU.', 'mdev'),
  MigGpuDevice: gpu('An instance of a GPU that is partitioned.', 'mig'),
  NativeContextGpuDevice: gpu('A GPU that virtual machines share.', 'native-context'),
  SriovGpuDevice: gpu('A virtual function of a GPU.', 'sriov'),
  ProxyDevice: device('A port or socket that is forwarded.', 'proxy'),
  UnixBlockDevice: device('A block device of the host.', 'unix-block', /^device-unix-(block|char-block)$/),
  UnixCharDevice: device('A character device of the host.', 'unix-char', /^device-unix-(char|char-block)$/),
  UnixHotplugDevice: device('Devices of the host that come and go.', 'unix-hotplug'),
  UsbDevice: device('A USB device.', 'usb', /^device-(usb|unix-usb)$/),
  PciDevice: device('A PCI device.', 'pci'),
  TpmDevice: device('A trusted platform module.', 'tpm'),
}

/** Namespaces that all devices have, and the facts lack. */
export const OPEN_OPTIONS = ['user.*']

function device(summary: string, type: string, entity = new RegExp(`^device-${type}$`)): DeviceInterface {
  return { summary, sources: [{ entity }], marks: { type: `'${type}'` } }
}

function nic(summary: string, nictype: string): DeviceInterface {
  const sources = [{ entity: new RegExp(`^device-nic-${nictype}$`) }]
  // The servers refuse it together with a network.
  return { summary, sources, marks: { type: "'nic'", nictype: `'${nictype}'`, network: 'undefined' } }
}

function gpu(summary: string, gputype: string, mark = `'${gputype}'`): DeviceInterface {
  return {
    summary,
    sources: [{ entity: new RegExp(`^device-gpu-${gputype}$`) }],
    marks: { type: "'gpu'", gputype: mark },
  }
}
