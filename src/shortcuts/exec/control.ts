import type { APIWebSocket } from '../../websocket/websocket.ts'
import type { TerminalSize } from './options.ts'

/** Sends a message over the control websocket of a command or a console; returns whether that is still open. */
export function sendControl(control: APIWebSocket, message: object): boolean {
  if (control.readyState !== control.OPEN) return false
  void control.send(JSON.stringify(message))
  return true
}

/** The control message for a terminal's new size. */
export function resizeMessage({ columns, rows }: TerminalSize): object {
  return { command: 'window-resize', args: { width: String(columns), height: String(rows) } }
}
