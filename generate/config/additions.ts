import type { KeyFact } from './facts.ts'

/** Types that the facts have wrong, by `Interface.key`. */
export const keyTypes: Readonly<Record<string, { readonly type: string; readonly because: string }>> = {
  'DiskDevice.wwn': { type: 'text', because: 'a World Wide Name, which Incus calls a boolean' },
}

/** A key that the facts lack, and the server that has it. */
export interface AddedKey extends KeyFact {
  readonly server: string
}

const TEXT: AddedKey = { server: 'LXD 5.0', type: 'string' }
const MAAS: Readonly<Record<string, AddedKey>> = { 'maas.subnet.ipv4': TEXT, 'maas.subnet.ipv6': TEXT }

/** Keys of older servers, which the facts of the newest ones lack, by interface. */
export const addedKeys: Readonly<Record<string, Readonly<Record<string, AddedKey>>>> = {
  InstanceConfig: { 'limits.network.priority': { server: 'LXD 5.0', type: 'integer', live: true } },
  NetworkConfig: MAAS,
  NetworkNicDevice: MAAS,
  BridgedNicDevice: MAAS,
  MacvlanNicDevice: MAAS,
  PhysicalNicDevice: MAAS,
  SriovNicDevice: MAAS,
  ServerConfig: {
    'candid.api.key': TEXT,
    'candid.api.url': TEXT,
    'candid.domains': TEXT,
    'candid.expiry': { server: 'LXD 5.0', type: 'integer' },
    'core.trust_password': TEXT,
    'maas.api.key': TEXT,
    'maas.api.url': TEXT,
    'maas.machine': TEXT,
    'openfga.api.token': { server: 'Incus 6.0', type: 'string' },
    'openfga.api.url': { server: 'Incus 6.0', type: 'string' },
    'openfga.store.id': { server: 'Incus 6.0', type: 'string' },
    'rbac.agent.private_key': TEXT,
    'rbac.agent.public_key': TEXT,
    'rbac.agent.url': TEXT,
    'rbac.agent.username': TEXT,
    'rbac.api.expiry': { server: 'LXD 5.0', type: 'integer' },
    'rbac.api.key': TEXT,
    'rbac.api.url': TEXT,
    'rbac.expiry': { server: 'LXD 5.0', type: 'integer' },
  },
}
