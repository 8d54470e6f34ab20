import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { API, bridgeTerminal, exec, spawn } from '../../src/index.ts'
import { watchGrowth } from './memory-growth.ts'

// Bridges a command to the first browser that connects; prints its port, and at the end how the command ended and by how
// many bytes this process has grown: bridge-job.ts <socket> <instance> <command…>

const [socketPath = '', name = '', ...command] = process.argv.slice(2)
await using api = API.factory({ socketPath })
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
// Safe cast: it listens on a port.
server.once('listening', () => console.log((server.address() as AddressInfo).port))
const socket = await new Promise<WebSocket>(resolve => server.once('connection', resolve))

// What the process grows by on any first command is not meant.
await exec(api['1.0'].instances[name], ['true'])
const growth = watchGrowth()
const { exitCode } = await bridgeTerminal(
  spawn(api['1.0'].instances[name], command, { terminal: true }),
  socket,
)
server.close()
console.log(JSON.stringify({ exitCode, growth: growth() }))
