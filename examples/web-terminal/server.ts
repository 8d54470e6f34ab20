import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type WebSocket, WebSocketServer } from 'ws'
import { API, bridgeTerminal, spawn } from '../../src/index.ts'

// A terminal of an instance in the browser. Prints the URL of the page, and serves it until Ctrl-C:
//
//   npx tsx examples/web-terminal/server.ts <instance> [port] [command…]

const [name, port = '0', ...command] = process.argv.slice(2)
if (name === undefined) throw new Error('Give the name of an instance')
if (command.length === 0) command.push('sh')

await using api = API.factory()
const instance = api['1.0'].instances[name]

// The page, and what it needs of xterm.js.
const FILES: Partial<Record<string, readonly [file: string, type: string]>> = {
  '/': [fileURLToPath(new URL('page.html', import.meta.url)), 'text/html; charset=utf-8'],
  '/xterm.css': [resolve('@xterm/xterm/css/xterm.css'), 'text/css'],
  '/xterm.js': [resolve('@xterm/xterm/lib/xterm.mjs'), 'text/javascript'],
  '/addon-fit.js': [resolve('@xterm/addon-fit/lib/addon-fit.mjs'), 'text/javascript'],
}

// Whoever gets in is root in the instance. So it listens on this machine only, and only those who know the token get in:
// neither its other users, nor the pages of others in the same browser, which is what the origin is for.
const token = randomBytes(16).toString('hex')
const server = createServer(async ({ url = '' }, response) => {
  const [file, type] = FILES[url.replace(/\?.*/, '')] ?? []
  if (file === undefined) response.writeHead(404).end()
  else
    response
      .writeHead(200, { 'content-type': type, 'referrer-policy': 'no-referrer' })
      .end(await readFile(file))
})
server.listen(Number(port), '127.0.0.1', () => console.log(`${origin()}/?token=${token}`))

const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })
server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const isAllowed = request.url === `/?token=${token}` && request.headers.origin === origin()
  if (!isAllowed) socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
  else sockets.handleUpgrade(request, socket, head, serve)
})

// Closing the connection of a browser hangs up what runs in its terminal.
await new Promise(resolve => process.once('SIGINT', resolve).once('SIGTERM', resolve))
for (const browser of sockets.clients) browser.terminate()
server.close()

async function serve(browser: WebSocket): Promise<void> {
  const environment = { TERM: 'xterm-256color' }
  const { error } = await bridgeTerminal(spawn(instance, command, { terminal: true, environment }), browser)
  if (error !== undefined) console.error(error)
}

function origin(): string {
  // Safe cast: it listens on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function resolve(file: string): string {
  return fileURLToPath(import.meta.resolve(file))
}
