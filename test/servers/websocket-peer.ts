import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { FactoryOptions } from '../../src/index.ts'
import { encodeServerFrame, readFrame } from '../../src/testing/server-socket.ts'
import { type Answer, type Reply, serve, type TestServer } from './server.ts'

/** A frame of a client. */
export interface Frame {
  readonly opcode: number
  readonly data: Buffer
}

/** The opcodes of RFC 6455. */
export const OPCODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** The server's end of a websocket. */
export class Peer {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly frames: Frame[] = []
  #unread: Buffer = Buffer.alloc(0)

  constructor(request: IncomingMessage, socket: Socket) {
    this.request = request
    this.socket = socket
    socket.on('error', () => socket.destroy())
    // The sockets of an HTTP server are half-open by default.
    socket.on('end', () => socket.end())
    socket.on('data', chunk => this.#receive(chunk))
  }

  /** Sends a message; returns `false` if the buffer is full. */
  send(data: string | Uint8Array): boolean {
    const opcode = typeof data === 'string' ? OPCODES.text : OPCODES.binary
    return this.sendFrame(opcode, Buffer.from(data))
  }

  sendFrame(opcode: number, data: Uint8Array = Buffer.alloc(0)): boolean {
    return this.socket.write(encodeServerFrame(opcode, Buffer.from(data)))
  }

  /** Closes the websocket with a close frame. */
  close(code: number, reason = ''): void {
    const data = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
    this.sendFrame(OPCODES.close, data)
    this.socket.end()
  }

  /** The text messages of the client. */
  get texts(): string[] {
    return this.of(OPCODES.text).map(String)
  }

  /** Returns the payloads of the frames with an opcode. */
  of(opcode: number): Buffer[] {
    return this.frames.filter(frame => frame.opcode === opcode).map(({ data }) => data)
  }

  #receive(chunk: Buffer): void {
    let rest: Buffer = Buffer.concat([this.#unread, chunk])
    for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
      this.frames.push({ opcode: frame.opcode, data: frame.payload })
      rest = rest.subarray(frame.end)
    }
    this.#unread = rest
  }
}

/** Starts a server that accepts every websocket, and adds it to `peers`. */
export async function servePeers(
  t: TestContext,
  onPeer: (peer: Peer) => void = () => {},
  answer: Reply | Answer = { status: 404 },
  options: FactoryOptions = {},
): Promise<TestServer & { readonly peers: Peer[] }> {
  const served = await serve(t, answer, options)
  const peers: Peer[] = []
  served.server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
    // Safe cast: the server listens on TCP or a unix socket.
    const peer = new Peer(request, socket as Socket)
    peers.push(peer)
    onPeer(peer)
  })
  return { ...served, peers }
}
