import { inspect } from 'node:util'
import { MAX_TIMER_MS } from '../../common/deadline.ts'
import { fieldsOf } from '../shared/fields.ts'
import { withSignal } from '../shared/limits.ts'
import type { Change } from './change.ts'
import { ChangeQueue } from './change-queue.ts'
import type { Collection } from './collection.ts'
import { effectOf } from './effect.ts'
import { applyChange, type Facts, reconcile } from './reconcile.ts'
import { type ListEvents, type SubscribeOptions, subscribe } from './subscribe.ts'
import { type ListRead, Synchronizer } from './synchronizer.ts'

/** What a list is watched for, and how. */
export interface LiveListOptions<Item> extends SubscribeOptions {
  readonly filter?: (item: Item) => boolean
  readonly poll?: number
}

// Members of a cluster that were gone tell nobody what has happened in between.
const CLUSTER_POLL = 30

/**
 * A list of resources that stays true: it has the items as the server has them, and tells of their changes; see
 * {@link watch}.
 */
export class LiveList<Item> implements Iterable<Item>, AsyncDisposable {
  readonly #collection: Collection
  readonly #options: LiveListOptions<Item>
  readonly #items = new Map<string, Item>()
  readonly #queues = new Set<ChangeQueue<Item>>()
  readonly #over = new AbortController()
  readonly #synchronizer: Synchronizer
  #stream: ListEvents | undefined
  #timer: NodeJS.Timeout | undefined
  #isStale = false
  #failure: unknown

  /** @internal Lists come from `watch()`. */
  constructor(collection: Collection, options: LiveListOptions<Item>) {
    const path = withSignal(collection.path, this.#over.signal)
    this.#collection = { ...collection, path }
    this.#options = options
    const reader = {
      onRead: (read: ListRead) => this.#apply(read),
      onStale: (error: unknown) => this.#noteStale(error),
    }
    this.#synchronizer = new Synchronizer(this.#collection, reader, this.#over.signal)
  }

  /** The number of items. */
  get size(): number {
    return this.#items.size
  }

  /** Whether the list may be out of date: the connection is lost, reading failed, or the list is closed. */
  get isStale(): boolean {
    return this.#isStale
  }

  /**
   * The item of a name; `undefined` if there is none.
   *
   * Images and certificates are named by their fingerprint, network forwards by their address, all else by its name.
   * In a list of all projects the project comes first, `web/c1`; in that of all volumes of a pool the type,
   * `custom/data`. A volume on one member of a cluster ends with that, `data@n1`.
   */
  get(name: string): Item | undefined {
    return this.#items.get(name)
  }

  /** The names of the items. */
  names(): IterableIterator<string> {
    return this.#items.keys()
  }

  /** Iterates over the items. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items.values()
  }

  /**
   * The changes from now on; may be called several times. Leaving the loop ends this iteration, not the list.
   *
   * What a slow consumer has not read yet is combined: one change for each item remains, once there are more than 1024.
   *
   * @throws {APIException} an error that does not pass, after the changes before it: {@link APINotFoundException} once what
   * the list belongs to is gone, such as the project or the instance of snapshots
   */
  changes(): AsyncIterableIterator<Change<Item>, undefined, undefined> & AsyncDisposable {
    return this.#openQueue([])
  }

  /** Ends the list and all iterations over its changes; resolves when the connection for its events is closed. */
  async close(): Promise<void> {
    this.#end(undefined)
    await this.#stream?.return()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  [inspect.custom](): string {
    return `${this.constructor.name} <${this.#collection.path}, ${this.size} items>`
  }

  /** @internal Subscribes to the events, reads the list, and follows them. */
  async open(): Promise<this> {
    try {
      this.#stream = await subscribe(this.#collection, this.#options, reason => this.#noteLost(reason))
      void this.#follow(this.#stream)
      await this.#synchronizer.readOnce()
      this.#startPolling(this.#options.poll ?? (await this.#defaultPoll()))
    } catch (error) {
      await this.close()
      throw this.#failure ?? error
    }
    void this.#synchronizer.run(this.#options.reconnectTimeout ?? 60).catch(error => this.#end(error))
    return this
  }

  /** @internal The changes that lead to the present items, and those from now on. */
  changesFromStart(): ChangeQueue<Item> {
    const added = reconcile<Item>(new Map(), this.#items)
    return this.#openQueue([...added, { type: 'synced' }])
  }

  #openQueue(first: readonly Change<Item>[]): ChangeQueue<Item> {
    const queue = new ChangeQueue<Item>(one => this.#queues.delete(one), first)
    if (this.#over.signal.aborted) queue.end(this.#failure)
    else this.#queues.add(queue)
    return queue
  }

  async #follow(stream: ListEvents): Promise<void> {
    try {
      for await (const event of stream) {
        if (event.type === 'gap') this.#synchronizer.resume()
        else this.#synchronizer.note(effectOf(this.#collection, event))
      }
      this.#end(undefined)
    } catch (error) {
      this.#end(error)
    }
  }

  async #defaultPoll(): Promise<number | undefined> {
    const { metadata } = await this.#collection.path.forUrl('/1.0').get()
    return fieldsOf(fieldsOf(metadata).environment).server_clustered === true ? CLUSTER_POLL : undefined
  }

  #startPolling(seconds: number | undefined): void {
    if (seconds === undefined || this.#over.signal.aborted) return
    const ms = Math.min(seconds * 1000, MAX_TIMER_MS)
    this.#timer = setInterval(() => this.#synchronizer.readWhole(), ms).unref()
  }

  #apply({ facts, origins, isWhole, isCurrent }: ListRead): void {
    const wanted = new Map<string, Item | undefined>()
    if (isWhole) for (const name of this.#items.keys()) wanted.set(name, undefined)
    // Safe cast: items are of the type that the type of the list's path says.
    for (const [name, item] of facts as Facts<Item>) wanted.set(name, this.#isWanted(item) ? item : undefined)
    const changes = reconcile(this.#items, wanted, origins)
    for (const change of changes) applyChange(this.#items, change)
    const isMended = isCurrent && this.#isStale
    if (isMended) this.#isStale = false
    this.#tell(isMended ? [...changes, { type: 'synced' }] : changes)
  }

  #isWanted(item: Item | undefined): boolean {
    return item !== undefined && (this.#options.filter?.(item) ?? true)
  }

  #noteLost(reason: unknown): void {
    this.#synchronizer.pause()
    this.#noteStale(reason)
  }

  #noteStale(reason: unknown): void {
    if (this.#isStale) return
    this.#isStale = true
    this.#tell([{ type: 'stale', reason }])
  }

  #tell(changes: readonly Change<Item>[]): void {
    for (const queue of this.#queues) queue.push(changes)
  }

  #end(failure: unknown): void {
    if (this.#over.signal.aborted) return
    this.#failure = failure
    this.#isStale = true
    clearInterval(this.#timer)
    this.#over.abort(failure)
    for (const queue of this.#queues) queue.end(failure)
    this.#queues.clear()
    void this.#stream?.return()
  }
}
