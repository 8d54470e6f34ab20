import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type ReadRequest, RequestReader } from './request-reader.ts'

/** What a server answered to one request, byte by byte; for an upgrade also all that came after it. */
export interface Exchange {
  readonly chunks: Buffer[]
  /** Whether it was the server that ended the connection behind it. */
  isEnded: boolean
}

/** The exchanges of one or several connections, by request; where the same was asked again, in that order. */
export type Recording = ReadonlyMap<string, readonly Exchange[]>

/** How a connection breaks. */
export interface Cut {
  /** Whether the bytes of what the server answers count, or of what it is sent. */
  readonly of: 'answers' | 'requests'
  /** After how many bytes, of all connections together. */
  readonly at: number
  /**
   * `close`: the server closes the connection; `reset`: it is reset, over TCP; `die`: the server closes all connections and
   * accepts no other.
   */
  readonly how: 'close' | 'reset' | 'die'
}

/** A server that stands between a client and another server, or in for one. */
export interface StandIn extends AsyncDisposable {
  /** Where it listens, for `API.factory()`. */
  readonly options: { readonly socketPath: string } | { readonly baseUrl: string }
}

/** A server that writes down what another one is asked and answers. */
export interface Recorder extends StandIn {
  readonly recording: Recording
  /** How many bytes the clients have sent. */
  readonly requestSize: () => number
}

/** Listens at a path in front of a server's socket, and writes down what is exchanged from now on. */
export async function startRecorder(path: string, target: string): Promise<Recorder> {
  const recording = new Map<string, Exchange[]>()
  let requestSize = 0
  const standIn = await listen(createServer(), path, socket => {
    const far = connect(target)
    const reader = new RequestReader()
    let current: Exchange | undefined
    socket.on('data', chunk => {
      requestSize += chunk.length
      for (const { key } of reader.read(chunk)) {
        current = { chunks: [], isEnded: false }
        recording.set(key, [...(recording.get(key) ?? []), current])
      }
      far.write(chunk)
    })
    far.on('data', chunk => {
      current?.chunks.push(chunk)
      socket.write(chunk)
    })
    far.on('end', () => {
      if (current !== undefined) current.isEnded = true
      socket.end()
    })
    far.on('error', () => socket.destroy())
    socket.on('close', () => far.destroy())
  })
  return { ...standIn, recording, requestSize: () => requestSize }
}

/** Answers at a path as it was recorded, up to a cut; what is to be reset is answered over TCP. */
export async function startReplay(path: string, recording: Recording, cut: Cut): Promise<StandIn> {
  const replay = new Replay(recording, cut)
  const where = cut.how === 'reset' ? undefined : path
  return listen(createServer(), where, socket => replay.serve(socket))
}

/** How many bytes the answers of a recording have. */
export function answerSizeOf(recording: Recording): number {
  return [...recording.values()].flat().reduce((sum, { chunks }) => sum + Buffer.concat(chunks).length, 0)
}

class Replay {
  readonly #recording: Recording
  readonly #cut: Cut
  readonly #sockets = new Set<Socket>()
  readonly #asked = new Map<string, number>()
  /** How many more bytes are answered; negative once it was cut, since what is asked after that is answered. */
  #left: number
  #received = 0
  #isDead = false

  constructor(recording: Recording, cut: Cut) {
    this.#recording = recording
    this.#cut = cut
    this.#left = cut.of === 'answers' ? cut.at : Number.POSITIVE_INFINITY
  }

  serve(socket: Socket): void {
    if (this.#isDead) return void socket.destroy()
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    const reader = new RequestReader()
    socket.on('data', chunk => {
      if (this.#isCutWithin(chunk)) return this.#breakOff(socket)
      for (const request of reader.read(chunk)) this.#answer(socket, request)
    })
  }

  #isCutWithin({ length }: Buffer): boolean {
    const before = this.#received
    this.#received += length
    return this.#cut.of === 'requests' && before <= this.#cut.at && this.#cut.at < this.#received
  }

  #answer(socket: Socket, request: ReadRequest): void {
    const { bytes, isEnded } = this.#find(request)
    const isCut = bytes.length > this.#left && this.#left >= 0
    socket.write(isCut ? bytes.subarray(0, this.#left) : bytes, () => {
      if (isCut) this.#breakOff(socket)
      else if (isEnded) socket.end()
    })
    this.#left -= isCut ? this.#left + 1 : bytes.length
  }

  #find({ key, websocketKey }: ReadRequest): { readonly bytes: Buffer; readonly isEnded: boolean } {
    const exchanges = this.#recording.get(key)
    const asked = this.#asked.get(key) ?? 0
    this.#asked.set(key, asked + 1)
    const exchange = exchanges?.[Math.min(asked, exchanges.length - 1)]
    if (exchange === undefined) return { bytes: NOT_FOUND, isEnded: false }
    const bytes = Buffer.concat(exchange.chunks)
    if (websocketKey !== undefined) replaceAccept(bytes, websocketKey)
    return { bytes, isEnded: exchange.isEnded }
  }

  #breakOff(socket: Socket): void {
    if (this.#cut.how === 'reset') socket.resetAndDestroy()
    else if (this.#cut.how === 'close') socket.destroy()
    else {
      this.#isDead = true
      for (const other of this.#sockets) other.destroy()
    }
  }
}

const NOT_FOUND = makeNotFound()

function makeNotFound(): Buffer {
  const json = JSON.stringify({ type: 'error', error: 'not recorded', error_code: 404, metadata: null })
  const head = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n`
  return Buffer.from(head + json)
}

// It depends on the key that the client chose, and has always the same length.
function replaceAccept(bytes: Buffer, websocketKey: string): void {
  const name = 'sec-websocket-accept: '
  const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n')).toLowerCase()
  const at = head.indexOf(name)
  if (at < 0) return
  const text = `${websocketKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  bytes.write(createHash('sha1').update(text).digest('base64'), at + name.length, 'latin1')
}

async function listen(
  server: Server,
  path: string | undefined,
  onSocket: (socket: Socket) => void,
): Promise<StandIn> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  return {
    // Safe cast: without a path it listens on a port.
    options:
      path === undefined ? { baseUrl: baseUrlOf(server.address() as AddressInfo) } : { socketPath: path },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

function baseUrlOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`
}
