import { onAbort, type Signals, throwIfAborted } from './abort.ts'

/** A task that runs once for all that wait for it at the same time, and is aborted when nobody does any more. */
export class SharedTask<T> {
  #run: Run<T> | undefined

  /** Starts the task, unless it is running, and waits for it; the signals end the waiting, with the reason of theirs. */
  async wait(start: (signal: AbortSignal) => Promise<T>, signals: Signals): Promise<T> {
    throwIfAborted(signals)
    const run = this.#join(start)
    let removeAbortListener: (() => void) | undefined
    const aborted = new Promise<never>((_resolve, reject) => {
      // Its own signal as well: the task may be waiting for something that knows no signals.
      removeAbortListener = onAbort([...signals, run.controller.signal], reject)
    })
    try {
      return await Promise.race([run.result, aborted])
    } finally {
      removeAbortListener?.()
      run.waiting -= 1
      if (run.waiting === 0) run.controller.abort(new Error('Nobody waits for it any more'))
    }
  }

  /** Aborts the task, which then rejects with the reason. */
  abort(reason: unknown): void {
    this.#run?.controller.abort(reason)
  }

  #join(start: (signal: AbortSignal) => Promise<T>): Run<T> {
    if (this.#run !== undefined && !this.#run.controller.signal.aborted) {
      this.#run.waiting += 1
      return this.#run
    }
    const controller = new AbortController()
    const run: Run<T> = { controller, result: start(controller.signal), waiting: 1 }
    const forget = (): void => {
      if (this.#run === run) this.#run = undefined
    }
    run.result.then(forget, forget)
    this.#run = run
    return run
  }
}

interface Run<T> {
  readonly controller: AbortController
  readonly result: Promise<T>
  waiting: number
}
