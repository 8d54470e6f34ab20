import { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BrowserStream, type TerminalSocket } from './browser-stream.ts'
import { InstanceConsole } from './console.ts'
import type { InstanceProcess } from './process.ts'

/** How a bridged terminal ended; see {@link bridgeTerminal}. */
export interface TerminalEnd {
  /** The exit status of the command; `undefined` for a console, and after an error. */
  readonly exitCode?: number
  /** Why the command could not be started, or its exit status is not known. */
  readonly error?: unknown
}

// Close codes of RFC 6455.
const NORMAL = 1000
const FAILURE = 1011

/**
 * Joins a command with a terminal, or a console, and a WebSocket that comes from a browser: that of the package `ws`, or
 * the platform's.
 *
 * What the command shows is sent as binary messages. Messages of either kind are what is typed, except text of the form
 * `{"resize":{"columns":80,"rows":24}}`, which is the new size of the terminal. There is backpressure both ways: a browser
 * that does not read makes the command wait. A socket that can't be paused is closed with 1009 if it sends more than a MiB
 * that the command does not read.
 *
 * Either side's end ends the other. If the socket closes, the command is sent `SIGHUP`, and a console is detached. If the
 * command ends, the socket is closed with 1000 and the reason `exit 0`, or whatever its status is; with 1011 if it could
 * not be started or was lost, the reason of which only the returned promise tells. A platform's socket, which refuses
 * such codes, is closed with 3000 more: 4009, 4011.
 *
 * Nobody else may use the socket then; its `binaryType` is set. Give it what `spawn()` returns, and no message is lost that comes before the command has started.
 *
 * @returns how it ended, when both sides have: it does not reject
 * @example
 * new WebSocketServer({ port: 8080 }).on('connection', socket => {
 *   bridgeTerminal(spawn(api.instances.web, ['sh'], { terminal: true }), socket)
 * })
 */
export async function bridgeTerminal(
  terminal: InstanceProcess | InstanceConsole | PromiseLike<InstanceProcess | InstanceConsole>,
  socket: TerminalSocket,
): Promise<TerminalEnd> {
  // At once, so that no message is lost.
  const browser = new BrowserStream(socket)
  try {
    return await join(await terminal, browser)
  } catch (error) {
    browser.close(FAILURE, 'failed')
    return { error }
  } finally {
    await browser.socketClosed
  }
}

async function join(
  terminal: InstanceProcess | InstanceConsole,
  browser: BrowserStream,
): Promise<TerminalEnd> {
  const isConsole = terminal instanceof InstanceConsole
  const stream = isConsole ? terminal.stream : terminalStream(terminal, 'bridgeTerminal()')
  if (browser.size !== undefined) terminal.resize(browser.size)
  browser.on('resize', size => terminal.resize(size))
  await pipeBothWays(stream, browser)
  if (isConsole && stream.errored !== null) throw stream.errored
  const exitCode = isConsole ? undefined : await terminal.exited
  browser.close(NORMAL, isConsole ? 'end' : `exit ${exitCode}`)
  return { exitCode }
}

async function pipeBothWays(stream: Duplex, browser: BrowserStream): Promise<void> {
  if (browser.destroyed) stream.destroy()
  browser.once('close', () => stream.destroy())
  browser.pipe(stream, { end: false })
  try {
    await pipeline(stream, browser, { end: false })
  } catch {
    // The browser is gone, which hangs up; or the connection to the server, of which the caller learns by the command.
  }
}

/**
 * The stream of a command with a terminal.
 *
 * @throws {TypeError} it has none
 */
export function terminalStream(child: InstanceProcess, call: string): Duplex {
  if (child.stdin instanceof Duplex && Object.is(child.stdin, child.stdout)) return child.stdin
  throw new TypeError(`${call}: give a command with a terminal: spawn(…, { terminal: true })`)
}
