import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Connection } from '../test/daemon/index.ts'

/** Another client of a server, in a separate process. */
export class SecondClient implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor(connection: Connection) {
    // `.js` when compiled, else `.ts`.
    const extension = import.meta.url.slice(-3)
    const program = new URL(`second-client-job${extension}`, import.meta.url)
    this.#child = fork(program, [JSON.stringify(connection)])
  }

  /** Sends GETs sequentially; resolves with how many ms each took. */
  async ask(times: number): Promise<number[]> {
    this.#child.send(times)
    const [answer] = await once(this.#child, 'message')
    return answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}
