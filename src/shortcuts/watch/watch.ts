import type { ApiPath } from '../../path.ts'
import { checkNames, checkTimeout } from '../../request/options.ts'
import type { StoragePoolsItemVolumes, StorageVolume } from '../../rest.ts'
import type { ListedItemOf } from '../shared/item-of.ts'
import type { AnyPath } from '../shared/item-path.ts'
import type { Change } from './change.ts'
import { collectionAt } from './collection.ts'
import type { LiveList } from './live-list.ts'

/** Options of {@link watch}. */
export interface WatchOptions<Item> {
  /** Whether an item is in the list; one that changes so that it is no longer is told as removed. */
  readonly filter?: (item: Item) => boolean
  /** Seconds after which the list is read again, for what causes no event; by default never, in a cluster 30. */
  readonly poll?: number
  /** Ends the list; iterations over its changes then throw the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds without data or a pong from the server, after which the connection counts as lost; default 30. */
  readonly idleTimeout?: number
  /** Seconds to retry when the connection is lost or reading fails, before iterations throw; default 60. */
  readonly reconnectTimeout?: number
}

/** The type of an item of a list that can be watched; `never` for other typed paths. */
export type WatchedItemOf<P> = P extends ApiPath
  ? ListedItemOf<P>
  : P extends StoragePoolsItemVolumes
    ? StorageVolume
    : ListedItemOf<P>

/** `unknown` for the path of a list, `never` for a typed path of anything else. */
type ListPath<P> = P extends ApiPath ? unknown : [WatchedItemOf<P>] extends [never] ? never : unknown

const OPTIONS: ReadonlySet<string> = new Set<keyof WatchOptions<unknown>>([
  'filter',
  'poll',
  'signal',
  'idleTimeout',
  'reconnectTimeout',
])

/** The result of {@link watch}: await it for the list, or iterate over it for all changes from an empty list on. */
export class WatchedList<Item> extends Promise<LiveList<Item>> implements AsyncIterable<Change<Item>> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Change<Item>, void, undefined> {
    await using live = await this
    yield* live.changesFromStart()
  }
}

/**
 * Watches a list of resources: resolves with the list as it is, which then follows what happens on the server.
 *
 * It subscribes to events first and then reads the list; each event leads to a GET of the item that it names, and a
 * connection that was lost to a new list. What causes no event, such as addresses, is as it was when the item was last
 * read; `poll` reads it regularly.
 *
 * Iterating over the result itself tells all items as added first, and leaving that loop closes the connection.
 *
 * @throws {TypeError} the path names no list whose items cause events, or an option is unknown or invalid
 * @throws {APIException} the server refused the subscription or the list
 * @example
 * await using live = await watch(api.instances)
 * console.log(live.size, live.get('web')?.status)
 * for await (const change of live.changes())
 *   if (change.type === 'changed') console.log(change.name, change.difference)
 * @example
 * for await (const change of watch(api.instances, { filter: ({ status }) => status === 'Running' }))
 *   if (change.type === 'added') console.log(change.name, 'runs')
 */
export function watch<P extends AnyPath>(
  collection: P & ListPath<P>,
  options: WatchOptions<WatchedItemOf<P>> = {},
): WatchedList<WatchedItemOf<P>> {
  return new WatchedList(resolve => resolve(openList(collection, options)))
}

async function openList<Item>(path: AnyPath, options: WatchOptions<Item>): Promise<LiveList<Item>> {
  checkNames(options, OPTIONS, 'watch()')
  const { filter, poll, idleTimeout, reconnectTimeout, signal } = options
  checkTimeout(poll, 'watch()', 'poll')
  checkTimeout(idleTimeout, 'watch()', 'idleTimeout')
  checkTimeout(reconnectTimeout, 'watch()', 'reconnectTimeout')
  if (filter !== undefined && typeof filter !== 'function')
    throw new TypeError('watch(): filter must be a function of an item')
  const collection = collectionAt(path, 'watch()')
  signal?.throwIfAborted()
  const { LiveList } = await import('./live-list.ts')
  return new LiveList<Item>(collection, options).open()
}
