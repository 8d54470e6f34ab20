import { isIP } from 'node:net'
import { redactText } from '../../redact/redact.ts'
import { checkPort } from '../shared/port.ts'

/** A TCP port inside an instance. */
export interface Target {
  /** From 1 to 65535. */
  readonly port: number
  /** An IP address that the instance can reach. */
  readonly address: string
}

/**
 * The target that options name; its address is 127.0.0.1 by default.
 *
 * @throws {TypeError} the port is no port, or the address is no IP address, which is what the servers take
 */
export function targetOf(port: number, address: string | undefined, call: string): Target {
  checkPort(`${call}: port`, port)
  const target = { port, address: address ?? '127.0.0.1' }
  // A zone, such as that of fe80::1%eth0, has no meaning to the servers.
  if (isIP(target.address) !== 0 && !target.address.includes('%')) return target
  throw new TypeError(`${call}: address must be an IP address, not '${redactText(String(address))}'`)
}

/** A target as messages name it: `127.0.0.1:80`, `[::1]:80`. */
export function describeTarget({ address, port }: Target): string {
  return `${isIP(address) === 6 ? `[${address}]` : address}:${port}`
}
