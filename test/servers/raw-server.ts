import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { API } from '../../src/index.ts'

/** Handles a request whose header has arrived, and whose body has not been read. */
export type OnRequest = (request: RawRequest) => unknown

/** A raw request; `head` is its text up to the empty line. */
export interface RawRequest {
  readonly head: string
  readonly socket: Socket
  /** How many bytes of the body have been read so far. */
  readonly received: () => number
}

/** A server that can close, stall and send malformed answers at any byte. */
export interface RawServer {
  readonly api: API
  /** `METHOD path` of each request. */
  readonly requests: readonly string[]
  /** Closes the API, and waits until no more file descriptors are open than before. */
  readonly assertNoLeak: () => Promise<void>
}

/** Starts a raw server, which the test stops. */
export async function serveRaw(
  t: TestContext,
  onRequest: OnRequest,
  options: { readonly idleTimeout?: number } = {},
): Promise<RawServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    readRequests(socket, request => {
      requests.push(request.head.split(' HTTP/', 1)[0] ?? '')
      onRequest(request)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const before = countDescriptors()
  // Safe cast: it listens on a port.
  const { port } = server.address() as { port: number }
  const api = API.factory({ baseUrl: `http://127.0.0.1:${port}`, ...options })
  const assertNoLeak = async (): Promise<void> => {
    await api.close()
    while (countDescriptors() > before) await pause(5)
  }
  return { api, requests, assertNoLeak }
}

/** Returns how many file descriptors this process has open; 0 if unknown. */
export function countDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}

/** Formats the header of an answer with a file. */
export function fileHead(headers: Readonly<Record<string, string | number>>, type = 'file'): string {
  const all = {
    'content-type': 'application/octet-stream',
    'x-lxd-type': type,
    'x-lxd-mode': '0640',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** Formats a complete answer of JSON. */
export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): string {
  const text = JSON.stringify(body)
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} Status\r\n${lines.join('\r\n')}\r\n\r\n${text}`
}

// Requests arrive sequentially; what follows a header is its body, until the next header.
function readRequests(socket: Socket, onRequest: OnRequest): void {
  let text = ''
  let received = 0
  socket.on('data', chunk => {
    const isHead = text === '' || /^(GET|HEAD|POST|DELETE) \//.test(chunk.toString('latin1', 0, 12))
    if (!isHead) {
      received += chunk.length
      return
    }
    text = chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    received = text.length - end - 4
    onRequest({ head: text.slice(0, end), socket, received: () => received })
  })
}
