import type { Duplex } from 'node:stream'
import type { UpgradedAnswer } from '../../answer/answer.ts'
import { upgradeConnection } from '../../client/upgrade.ts'
import { findAborted } from '../../common/abort.ts'
import { isError } from '../../common/is-error.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../../errors/exceptions.ts'
import { MalformedAnswer } from '../../errors/malformed-answer.ts'
import { contextOf, type Path } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import { PacketReader } from './packet-reader.ts'
import { encodeRequest, type Field, REPLY, REQUEST, VERSION } from './packets.ts'
import { type Packet, PendingRequests } from './pending-requests.ts'
import { Reply } from './reply.ts'
import { fileException, type Operation, readStatus, STATUS } from './status.ts'

/** A request to send. */
export interface Request<T> {
  readonly type: number
  readonly operation: Operation
  readonly fields: readonly Field[]
  /** Bytes that end it; they must not change before it has its reply. */
  readonly content?: Uint8Array
  /** The type of the reply. */
  readonly reply: number
  /** Reads the reply; not called for a status, which is a failure, the end of a file, or all there is. */
  readonly read?: (reply: Reply) => T
}

// As for HTTP.
const IDLE_TIMEOUT_SECONDS = 300
// How long a server may take to close its end.
const CLOSE_TIMEOUT_MS = 1000
const HANDSHAKE: Operation = { name: 'start', path: 'SFTP' }

/**
 * An upgraded connection that speaks SFTP version 3. Requests are sent at once, without waiting for the replies to those
 * before, which may come in any order.
 */
export class SftpConnection {
  readonly #answer: UpgradedAnswer
  readonly #duplex: Duplex
  readonly #note: (describe: () => string) => void
  readonly #pending = new PendingRequests(packet => this.#write(packet))
  readonly #idleTimer: NodeJS.Timeout
  readonly #reader = new PacketReader(packet => this.#pending.settle(new Reply(packet)))
  readonly #began = performance.now()
  #extensions: ReadonlySet<string> = new Set()
  #sent = 0
  #received = 0
  #isCorked = false
  #failure: unknown
  #refusal: { readonly reason: unknown } | undefined

  private constructor(answer: UpgradedAnswer, note: (describe: () => string) => void) {
    this.#answer = answer
    this.#duplex = answer.connection
    this.#note = note
    const { idleTimeout = IDLE_TIMEOUT_SECONDS } = answer.request
    this.#idleTimer = setTimeout(() => this.#checkIdle(idleTimeout), idleTimeout * 1000).unref()
    this.#duplex.on('data', chunk => this.#read(chunk))
    this.#duplex.once('end', () => this.#duplex.destroy())
    this.#duplex.once('close', () => this.#finish())
  }

  /**
   * Opens a connection to the files of an instance or a volume, given its path `…/sftp`.
   *
   * @throws {APIException} the server refused
   */
  static async open(path: Path, purpose: string): Promise<SftpConnection> {
    const context = contextOf(path)
    const answer = await upgradeConnection(context, String(path), 'sftp')
    const connection = new SftpConnection(answer, describe =>
      context.client.note(answer.request, () => `${purpose}: ${describe()}`),
    )
    try {
      connection.#extensions = await connection.#greet()
      return connection
    } catch (error) {
      connection.#fail(error)
      throw error
    }
  }

  get answer(): UpgradedAnswer {
    return this.#answer
  }

  /** Whether it can no longer be used. */
  get isClosed(): boolean {
    return this.#failure !== undefined || this.#duplex.destroyed
  }

  /** Whether the server has an extension of the protocol. */
  has(extension: string): boolean {
    return this.#extensions.has(extension)
  }

  /**
   * Sends a request; resolves with what `read` returns, or with `undefined` at the end of a file or a directory.
   *
   * @throws {APIFileException} the server refused
   * @throws {APIConnectionException} the connection was lost
   */
  request<T>(request: Request<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const { operation } = request
      if (this.#refusal !== undefined) return reject(this.#refusal.reason)
      if (this.isClosed) return reject(this.#lost(operation))
      const take = (reply: Reply): void => this.#settle(request, reply, resolve, reject)
      const id = this.#pending.nextId()
      const { type, fields, content } = request
      const packet = { head: encodeRequest(type, id, fields, content), content }
      this.#pending.send(id, packet, { operation, take, reject })
    })
  }

  /** Rejects all requests that have no reply yet, which is then ignored, and all that follow, until {@link accept}. */
  refuse(reason: unknown): void {
    this.#refusal = { reason }
    for (const { reject } of this.#pending.abandonAll()) reject(reason)
  }

  /** Sends requests again. */
  accept(): void {
    this.#refusal = undefined
  }

  /** Ends the connection once what was sent is flushed. */
  async close(): Promise<void> {
    if (this.#duplex.destroyed) return
    this.#failure ??= new Error('The session was closed')
    const closed = new Promise<void>(resolve => this.#duplex.once('close', () => resolve()))
    const timer = setTimeout(() => this.#duplex.destroy(), CLOSE_TIMEOUT_MS)
    this.#duplex.end(() => this.#duplex.destroy())
    await closed
    clearTimeout(timer)
  }

  async #greet(): Promise<ReadonlySet<string>> {
    const extensions = new Set<string>()
    const version = await new Promise<number>((resolve, reject) => {
      const take = (reply: Reply): void => {
        while (!reply.isAtEnd) {
          extensions.add(reply.text())
          reply.bytes()
        }
        resolve(reply.type === REPLY.version ? reply.id : 0)
      }
      const packet = { head: encodeRequest(REQUEST.init, VERSION, []) }
      this.#pending.send(VERSION, packet, { operation: HANDSHAKE, take, reject })
    })
    if (version !== VERSION) throw this.#malformed(`The server does not speak SFTP version ${VERSION}`)
    return extensions
  }

  #settle<T>(
    { operation, reply: expected, read }: Request<T>,
    reply: Reply,
    resolve: (value: T | undefined) => void,
    reject: (error: unknown) => void,
  ): void {
    if (reply.type !== REPLY.status) {
      if (reply.type !== expected) throw new Error(`The server answered with a packet of type ${reply.type}`)
      resolve(read?.(reply))
      return
    }
    const status = readStatus(reply)
    const success = expected === REPLY.status ? STATUS.ok : STATUS.endOfFile
    if (status.code === success) resolve(undefined)
    else reject(fileException(this.#answer, operation, status))
  }

  // All that is written in one turn of the event loop goes out at once.
  #write({ head, content }: Packet): void {
    if (this.#pending.size === 1) this.#idleTimer.refresh()
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#duplex.cork()
      process.nextTick(() => {
        this.#isCorked = false
        this.#duplex.uncork()
      })
    }
    this.#sent += head.length + (content?.length ?? 0)
    this.#duplex.write(head)
    if (content !== undefined) this.#duplex.write(content)
  }

  #read(chunk: Buffer): void {
    this.#received += chunk.length
    this.#idleTimer.refresh()
    if (this.#failure !== undefined && this.#pending.size === 0) return
    try {
      this.#reader.read(chunk)
    } catch (error) {
      this.fail(isError(error) ? error.message : String(error))
    }
  }

  /** Ends the connection because the server broke the protocol; returns the exception for that. */
  fail(words: string): MalformedAnswer {
    const failure = this.#malformed(words)
    this.#fail(failure)
    return failure
  }

  #checkIdle(seconds: number): void {
    this.#idleTimer.refresh()
    if (this.#pending.size === 0) return
    const { request } = this.#answer
    this.#fail(new APITimeoutException({ request, error: `The server did not answer for ${seconds} s` }))
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#duplex.destroy()
  }

  #finish(): void {
    clearTimeout(this.#idleTimer)
    const aborted = findAborted(this.#answer.request.signals)
    this.#failure ??= aborted?.reason ?? this.#duplex.errored ?? new Error('The connection was closed')
    for (const { reject, operation } of this.#pending.takeAll()) reject(this.#lost(operation))
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(2)
    this.#note(
      () =>
        `${this.#pending.total} requests, ${this.#sent} bytes sent, ${this.#received} received, ${seconds} s`,
    )
  }

  /** The exception for a request that gets no reply any more. */
  #lost({ name, path }: Operation): unknown {
    const { request } = this.#answer
    if (findAborted(request.signals) !== undefined) return this.#failure
    const note = `(${redactText(`${name} ${path}`)})`
    return this.#failure instanceof APIException
      ? this.#failure.withNotes(note)
      : new APIConnectionException(request, this.#failure, [note])
  }

  #malformed(words: string): MalformedAnswer {
    return new MalformedAnswer(this.#answer, `${words}, which is not SFTP`)
  }
}
