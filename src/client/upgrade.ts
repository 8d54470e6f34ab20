import type { Duplex } from 'node:stream'
import type { UpgradedAnswer } from '../answer/answer.ts'
import { destroyOnAbort } from '../common/abort.ts'
import type { Body, CallOptions } from '../request/options.ts'
import { type Caller, prepareCall } from './caller.ts'

/** Options of an upgrade. */
export interface UpgradeOptions extends CallOptions {
  /** The body of a POST; without it, the request is a GET. */
  readonly body?: Body
}

// The names that HTTP allows, RFC 9110, section 7.8.
const PROTOCOL = /^[\w!#$%&'*+.^`|~-]+(\/[\w!#$%&'*+.^`|~-]+)?$/

/** Upgrades a connection, which the caller owns from then on; the signal and closing the API still destroy it. */
export async function openConnection(
  caller: Caller,
  path: string,
  protocol: string,
  options?: UpgradeOptions,
): Promise<Duplex> {
  return (await upgradeConnection(caller, path, protocol, options)).connection
}

/** The same, with the answer that the connection came with. */
export async function upgradeConnection(
  caller: Caller,
  path: string,
  protocol: string,
  { body, ...options }: UpgradeOptions = {},
): Promise<UpgradedAnswer> {
  if (typeof protocol !== 'string' || !PROTOCOL.test(protocol))
    throw new TypeError(
      `upgrade(): the protocol must be a name such as 'sftp', not ${JSON.stringify(protocol)}`,
    )
  const method = body == null ? 'GET' : 'POST'
  const { client } = caller
  const answer = await client.upgrade(prepareCall(caller, method, path, body, options, { protocol }))
  const { request, connection } = answer
  destroyOnAbort(connection, request.signals)
  connection.once(
    'close',
    client.closeWithIt(() => connection.destroy()),
  )
  return answer
}
