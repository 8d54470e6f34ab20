import { onAbort } from '../../common/abort.ts'
import { sleep } from '../../common/sleep.ts'
import { APIForbiddenException } from '../../errors/exceptions.ts'
import { isTemporary } from '../../errors/temporary.ts'
import { mapConcurrently } from '../shared/concurrency.ts'
import type { Fields } from '../shared/fields.ts'
import { type Collection, readItemOf, readList } from './collection.ts'
import type { Effect } from './effect.ts'
import { type Facts, noteOrigin, type Origins } from './reconcile.ts'

/** What was read of a list. */
export interface ListRead {
  readonly facts: Facts<Fields>
  readonly origins: Origins
  /** Whether the facts are the whole list, so that any other item is gone. */
  readonly isWhole: boolean
  /** Whether the whole list is up to date with it: no other reading of it is due. */
  readonly isCurrent: boolean
}

/** What follows a list as it is read. */
export interface Reader {
  readonly onRead: (read: ListRead) => void
  /** Reading failed with an error that may pass; it is tried again. */
  readonly onStale: (error: unknown) => void
}

// As many items are read one by one at the most; more of them cost more than the list.
const MAX_ITEMS = 16
// Servers tell of some changes before they have made them, such as those of profiles (LXD 5.0, Incus 6.0): what an event
// names is read at once, and again after once or twice as long.
const SECOND_LOOK_MS = 1000
const FIRST_BACKOFF_MS = 100
const MAX_BACKOFF_MS = 5000

/** What is to be read again later. */
interface Look {
  readonly names: Set<string>
  isWhole: boolean
}

/** Reads what events have touched: one round after the other, each of some items or of the whole list. */
export class Synchronizer {
  readonly #collection: Collection
  readonly #reader: Reader
  readonly #signal: AbortSignal
  readonly #touched = new Set<string>()
  #origins = new Map<string, string>()
  #isWhole = false
  #isPaused = false
  #noted = newLook()
  #timer: NodeJS.Timeout | undefined
  #wake = (): void => {}

  constructor(collection: Collection, reader: Reader, signal: AbortSignal) {
    this.#collection = collection
    this.#reader = reader
    this.#signal = signal
    onAbort([signal], () => {
      clearTimeout(this.#timer)
      this.#wake()
    })
  }

  /** Notes what an event means; the next round reads it. */
  note({ names, isWhole, origin }: Effect): void {
    if (names.length === 0 && !isWhole) return
    this.#touch(names, isWhole)
    if (origin !== undefined) noteOrigin(this.#origins, ...origin)
    this.#lookAgain(names, isWhole)
  }

  /** Reads the whole list in the next round. */
  readWhole(): void {
    this.#isWhole = true
    this.#touched.clear()
    this.#wake()
  }

  /** Reads nothing more until {@link resume}. */
  pause(): void {
    this.#isPaused = true
  }

  /** Goes on with the whole list. */
  resume(): void {
    this.#isPaused = false
    this.readWhole()
  }

  /** Reads the whole list once. */
  async readOnce(): Promise<void> {
    const facts = await readList(this.#collection)
    this.#reader.onRead({ facts, origins: new Map(), isWhole: true, isCurrent: true })
  }

  /** Reads round after round until the signal is aborted; `seconds` is how long a failure may last until it is thrown. */
  async run(seconds: number): Promise<never> {
    let failures = 0
    let end = Number.POSITIVE_INFINITY
    for (;;) {
      await this.#untilTouched()
      this.#signal.throwIfAborted()
      try {
        await sleep(await this.#round(), this.#signal)
        failures = 0
        end = Number.POSITIVE_INFINITY
      } catch (error) {
        // A server that starts, or a member of a cluster that is gone.
        if (!isTemporary(error) || performance.now() > end) throw error
        if (failures === 0) end = performance.now() + seconds * 1000
        this.#reader.onStale(error)
        await sleep(Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS), this.#signal)
        failures += 1
        this.readWhole()
      }
    }
  }

  #touch(names: Iterable<string>, isWhole: boolean): void {
    // A list that is yet to be read has them all.
    if (!this.#isWhole) for (const name of names) this.#touched.add(name)
    if (isWhole || this.#touched.size > MAX_ITEMS) this.readWhole()
    this.#wake()
  }

  #lookAgain(names: readonly string[], isWhole: boolean): void {
    const look = this.#noted
    for (const name of names) look.names.add(name)
    look.isWhole ||= isWhole || look.names.size > MAX_ITEMS
    if (look.isWhole) look.names.clear()
    this.#timer ??= setTimeout(() => this.#takeLook(newLook()), SECOND_LOOK_MS).unref()
  }

  // What was noted since the last look waits for the next one.
  #takeLook(due: Look): void {
    const next = this.#noted
    this.#noted = newLook()
    this.#touch(due.names, due.isWhole)
    const isDone = next.names.size === 0 && !next.isWhole
    this.#timer = isDone ? undefined : setTimeout(() => this.#takeLook(next), SECOND_LOOK_MS).unref()
  }

  // Resolves with the milliseconds to wait: while much happens, the server spends half of the time on the list at the most.
  async #round(): Promise<number> {
    const start = performance.now()
    const [names, origins] = [[...this.#touched], this.#origins]
    const items = this.#isWhole ? undefined : this.#readItems(names)
    this.#isWhole = false
    this.#touched.clear()
    this.#origins = new Map()
    const read = await items
    const facts = read ?? (await readList(this.#collection))
    const isWhole = read === undefined
    this.#reader.onRead({
      facts,
      origins,
      isWhole,
      isCurrent: isWhole && !this.#isWhole && !this.#isPaused,
    })
    return isWhole ? Math.min(performance.now() - start, MAX_BACKOFF_MS) : 0
  }

  // Of an item that this client may not see, the list tells whether it is in it: `undefined`.
  async #readItems(names: readonly string[]): Promise<Facts<Fields> | undefined> {
    try {
      const read = await mapConcurrently(names, undefined, name => readItemOf(this.#collection, name))
      return new Map(names.map((name, index) => [name, read[index]]))
    } catch (error) {
      if (error instanceof APIForbiddenException) return undefined
      throw error
    }
  }

  async #untilTouched(): Promise<void> {
    while (!this.#signal.aborted && (this.#isPaused || !(this.#isWhole || this.#touched.size > 0))) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}

function newLook(): Look {
  return { names: new Set(), isWhole: false }
}
