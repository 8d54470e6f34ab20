import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The headers with which a client asks for a websocket; `Connection` and `Upgrade` aside. */
export interface HandshakeHeaders extends Readonly<Record<string, string>> {
  readonly 'sec-websocket-key': string
  readonly 'sec-websocket-version': string
}

// Seconds; LXD and Incus give 5 to the websockets of a command.
const HANDSHAKE_TIMEOUT = 10

/** Seconds that a server has to agree to a websocket: 10, or the least of those given. */
export function handshakeTimeout(...seconds: readonly (number | undefined)[]): number {
  return Math.min(HANDSHAKE_TIMEOUT, ...seconds.filter(one => one !== undefined))
}

// RFC 6455, section 1.3.
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** New headers for one handshake. */
export function createHandshake(): HandshakeHeaders {
  return { 'sec-websocket-key': randomBytes(16).toString('base64'), 'sec-websocket-version': '13' }
}

/** What the server must answer to a key. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

/**
 * Checks that the server answered to this very handshake, and agreed to nothing that was not asked for.
 *
 * @throws {Error} it did not
 */
export function checkHandshake(
  { 'sec-websocket-key': key }: HandshakeHeaders,
  headers: IncomingHttpHeaders,
): void {
  if (headers.upgrade?.toLowerCase() !== 'websocket')
    throw new Error(`The server upgraded the connection to ${headers.upgrade}, not to a websocket`)
  if (headers['sec-websocket-accept'] !== acceptKey(key))
    throw new Error(
      'The server accepted a websocket that was not asked for: Sec-WebSocket-Accept does not match',
    )
  for (const name of ['sec-websocket-extensions', 'sec-websocket-protocol'] as const) {
    if (headers[name] !== undefined) throw new Error(`The server chose a ${name} that was not asked for`)
  }
}
