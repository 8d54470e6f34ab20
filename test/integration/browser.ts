import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import headless from '@xterm/headless'
import { WebSocket, WebSocketServer } from 'ws'
import { bridgeTerminal, type TerminalEnd } from '../../src/index.ts'

type Bridged = Parameters<typeof bridgeTerminal>[0]

/** A terminal as a browser has it, which shows what comes over a WebSocket. */
export interface Browser {
  readonly client: WebSocket
  readonly screen: InstanceType<typeof headless.Terminal>
  /** The lines on the screen. */
  lines(): readonly string[]
  /** Resolves once the screen is as wanted. */
  shows(isAsWanted: (lines: readonly string[]) => boolean): Promise<void>
  resize(columns: number, rows: number): void
  /** How the bridge ended, and the code and the reason of the close. */
  readonly ended: Promise<readonly [TerminalEnd, number, string]>
}

/** Bridges a terminal to a browser of 80 columns and 24 rows, with `ws` on both ends. */
export async function openBrowser(start: () => Bridged): Promise<Browser> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  const bridged = new Promise<TerminalEnd>((resolve, reject) => {
    server.once('connection', socket => bridgeTerminal(start(), socket).then(resolve, reject))
  })
  await new Promise(resolve => server.once('listening', resolve))
  // Safe cast: it listens on a port.
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const closed = new Promise<readonly [number, string]>(resolve => {
    client.once('close', (code, reason) => resolve([code, String(reason)]))
  })
  const screen = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true })
  client.on('message', data => screen.write(data as Buffer)) // Safe cast: `ws` gives buffers.
  // Keys, and what a terminal answers to a program that asks for the position of its cursor.
  screen.onData(data => client.send(data))
  await new Promise(resolve => client.once('open', resolve))
  const lines = () =>
    Array.from({ length: screen.rows }, (_, row) =>
      String(screen.buffer.active.getLine(screen.buffer.active.baseY + row)?.translateToString(true)),
    )
  return {
    client,
    screen,
    lines,
    shows: async isAsWanted => {
      while (!isAsWanted(lines())) {
        if (client.readyState === WebSocket.CLOSED) throw new Error(`It shows\n${lines().join('\n')}`)
        await delay(5)
      }
    },
    resize: (columns, rows) => {
      screen.resize(columns, rows)
      client.send(JSON.stringify({ resize: { columns, rows } }))
    },
    ended: Promise.all([bridged, closed]).then(([end, [code, reason]]) => {
      server.close()
      return [end, code, reason]
    }),
  }
}
