import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { OPCODE } from '../websocket/frames.ts'
import { acceptKey } from '../websocket/handshake.ts'

/** The payload of a close frame. */
export const NORMAL_CLOSURE = Buffer.from([1000 >> 8, 1000 & 0xff])

/** What a websocket of a client sends. */
export interface SocketListener {
  readonly onText?: (text: string) => void
  readonly onBinary?: (data: Buffer) => void
  /** The connection is closed, well or not. */
  readonly onClose?: () => void
}

/** Accepts the handshake of a client. */
export type Accept = (listener: SocketListener) => ServerSocket

/** The server's end of a websocket (RFC 6455), for clients that do not fragment their messages. */
export class ServerSocket {
  readonly #connection: Duplex
  readonly #listener: SocketListener
  #unread: Buffer = Buffer.alloc(0)

  /** Accepts the handshake of a client. */
  constructor(request: IncomingMessage, connection: Duplex, listener: SocketListener) {
    this.#connection = connection
    this.#listener = listener
    const accept = acceptKey(String(request.headers['sec-websocket-key']))
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    connection.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
    connection.on('error', () => connection.destroy())
    connection.on('end', () => connection.end())
    connection.on('close', () => listener.onClose?.())
    connection.on('data', chunk => this.#receive(chunk))
  }

  sendText(text: string): void {
    this.#send(OPCODE.text, Buffer.from(text))
  }

  sendBinary(data: Buffer): void {
    this.#send(OPCODE.binary, data)
  }

  close(): void {
    if (this.#connection.writableEnded) return
    this.#send(OPCODE.close, NORMAL_CLOSURE)
    this.#connection.end()
  }

  #send(opcode: number, payload: Buffer): void {
    if (this.#connection.writable) this.#connection.write(encodeServerFrame(opcode, payload))
  }

  #receive(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (let frame = readFrame(this.#unread); frame !== undefined; frame = readFrame(this.#unread)) {
      this.#unread = this.#unread.subarray(frame.end)
      this.#take(frame)
    }
  }

  #take({ opcode, payload }: Frame): void {
    if (opcode === OPCODE.text) this.#listener.onText?.(payload.toString())
    if (opcode === OPCODE.binary) this.#listener.onBinary?.(payload)
    if (opcode === OPCODE.ping) this.#send(OPCODE.pong, payload)
    if (opcode === OPCODE.close) this.close()
  }
}

/** Encodes a final frame, without a mask, as servers send it. */
export function encodeServerFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : 10)
  header[0] = 0x80 | opcode
  header[1] = length < 126 ? length : 127
  if (length >= 126) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** A frame of a client, and where it ends in what was received. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  readonly end: number
}

/** Reads the first frame of a client, which is masked; `undefined` until all of it is there. */
export function readFrame(bytes: Buffer): Frame | undefined {
  const size = (bytes[1] ?? 0) & 0x7f
  const start = { 126: 8, 127: 14 }[size] ?? 6
  if (bytes.length < start) return undefined
  const end = start + lengthOf(bytes, size)
  if (bytes.length < end) return undefined
  const mask = bytes.subarray(start - 4, start)
  const payload = Buffer.from(bytes.subarray(start, end).map((byte, n) => byte ^ (mask[n % 4] ?? 0)))
  return { opcode: (bytes[0] ?? 0) & 0xf, payload, end }
}

function lengthOf(bytes: Buffer, size: number): number {
  if (size < 126) return size
  return size === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
}
