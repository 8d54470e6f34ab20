import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The headers of a client's handshake, except `Connection` and `Upgrade`. */
export interface HandshakeHeaders extends Readonly<Record<string, string>> {
  readonly 'sec-websocket-key': string
  readonly 'sec-websocket-version': string
}

// LXD and Incus wait 5 s for the websockets of a command.
const HANDSHAKE_TIMEOUT_SECONDS = 10

/** Returns the timeout of a handshake in seconds: 10, or the least of those given. */
export function handshakeTimeout(...seconds: readonly (number | undefined)[]): number {
  return Math.min(HANDSHAKE_TIMEOUT_SECONDS, ...seconds.filter(one => one !== undefined))
}

// RFC 6455, section 1.3.
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Creates the headers of one handshake. */
export function createHandshake(): HandshakeHeaders {
  return { 'sec-websocket-key': randomBytes(16).toString('base64'), 'sec-websocket-version': '13' }
}

/** Returns the `Sec-WebSocket-Accept` that the server must answer to a key. */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64')
}

/**
 * Checks the server's answer to a handshake.
 *
 * @throws {Error} it is for another handshake, or chose an extension or a protocol that was not requested
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
