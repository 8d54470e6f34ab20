import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Reply } from './reply.ts'

/** Sends an answer. */
export function respond(
  response: ServerResponse,
  { status = 200, headers, json, body }: Reply,
  isHead: boolean,
): void {
  const content = json === undefined ? (body ?? Buffer.alloc(0)) : Buffer.from(JSON.stringify(json))
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  response.writeHead(status, { ...type, 'content-length': content.length, ...headers })
  response.end(isHead ? undefined : content)
}

/** Sends the refusal of an upgrade, and closes the connection. */
export function refuseUpgrade(connection: Duplex, { status, json }: Reply): void {
  const content = JSON.stringify(json)
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    'Connection: close',
  ]
  connection.end(`${head.join('\r\n')}\r\n\r\n${content}`)
}
