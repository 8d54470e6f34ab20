import type { Change, ItemChange } from './change.ts'
import { noteOrigin, reconcile } from './reconcile.ts'

// As many changes may wait for a consumer until those of the same item are combined.
const MAX_WAITING = 1024

/** The changes of a list from some moment on, for one consumer; those that wait for a slow one are combined by item. */
export class ChangeQueue<Item> implements AsyncIterableIterator<Change<Item>, undefined, undefined> {
  readonly #onReturn: (queue: ChangeQueue<Item>) => void
  readonly #waiting: Change<Item>[]
  #combineAt = MAX_WAITING
  #consumers: (() => void)[] = []
  #isOver = false
  #failure: unknown

  /** @internal Queues come from `changes()` of a list. */
  constructor(onReturn: (queue: ChangeQueue<Item>) => void, first: readonly Change<Item>[] = []) {
    this.#onReturn = onReturn
    this.#waiting = [...first]
  }

  /** @internal Adds changes. */
  push(changes: readonly Change<Item>[]): void {
    if (this.#isOver) return
    for (const change of changes) this.#waiting.push(change)
    if (this.#waiting.length > this.#combineAt) {
      this.#waiting.splice(0, Number.POSITIVE_INFINITY, ...combine(this.#waiting))
      // A list that is longer than the limit is not combined again with each change.
      this.#combineAt = Math.max(MAX_WAITING, 2 * this.#waiting.length)
    }
    this.#wake()
  }

  /** @internal Ends the queue after what waits in it; with a failure it throws that. */
  end(failure?: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#failure = failure
    this.#wake()
  }

  async next(): Promise<IteratorResult<Change<Item>, undefined>> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      await new Promise<void>(resolve => this.#consumers.push(resolve))
    }
    const change = this.#waiting.shift()
    return change === undefined ? this.#takeEnd() : { done: false, value: change }
  }

  /** Ends it; the list itself goes on. */
  async return(): Promise<IteratorResult<Change<Item>, undefined>> {
    this.#waiting.length = 0
    this.end()
    this.#onReturn(this)
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  // The failure is thrown once, as any iterator does.
  #takeEnd(): IteratorResult<Change<Item>, undefined> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }

  #wake(): void {
    const consumers = this.#consumers
    this.#consumers = []
    for (const resolve of consumers) resolve()
  }
}

/** The same changes with one for each item at most, and only the last word on whether the list is up to date. */
export function combine<Item>(changes: readonly Change<Item>[]): readonly Change<Item>[] {
  const before = new Map<string, Item | undefined>()
  const after = new Map<string, Item | undefined>()
  const origins = new Map<string, string>()
  const note = (name: string, was: Item | undefined, is: Item | undefined): void => {
    if (!before.has(name)) before.set(name, was)
    after.set(name, is)
  }
  let last: Change<Item> | undefined
  for (const change of changes) {
    if (change.type === 'stale' || change.type === 'synced') last = change
    else noteChange(change, note, origins)
  }
  const known = new Map<string, Item>()
  for (const [name, item] of before) if (item !== undefined) known.set(name, item)
  const combined = reconcile(known, after, origins)
  return last === undefined ? combined : [...combined, last]
}

function noteChange<Item>(
  change: ItemChange<Item>,
  note: (name: string, was: Item | undefined, is: Item | undefined) => void,
  origins: Map<string, string>,
): void {
  const { type, name, item } = change
  if (type === 'added') note(name, undefined, item)
  else if (type === 'changed') note(name, change.previous, item)
  else if (type === 'removed') note(name, item, undefined)
  else {
    note(change.from, change.previous, undefined)
    note(name, undefined, item)
  }
  if (type !== 'changed') noteOrigin(origins, name, type === 'renamed' ? change.from : undefined)
}
