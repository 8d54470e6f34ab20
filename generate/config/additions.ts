import type { KeyFact } from './facts.ts'

/** Types that the facts have wrong, by `Interface.key`. */
export const keyTypes: Readonly<Record<string, { readonly type: string; readonly because: string }>> = {
  'DiskDevice.wwn': { type: 'text', because: 'a World Wide Name, which Incus calls a boolean' },
}

/** A key that the facts lack, and the server that has it. */
export interface AddedKey extends KeyFact {
  readonly server: string
}

/** Keys of older servers, which the facts of the newest ones lack, by interface. */
export const addedKeys: Readonly<Record<string, Readonly<Record<string, AddedKey>>>> = {
  ServerConfig: {
    'core.trust_password': { server: 'LXD 5.0', type: 'string' },
  },
}
