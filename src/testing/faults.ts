import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from './reply.ts'

/** How a call to the fake server fails. */
export interface Failure {
  /** The message of the server. */
  readonly error: string
  /** The HTTP status; 500 by default. */
  readonly status?: number
  /** How many calls fail so; 1 by default, `Infinity` for all of them. */
  readonly times?: number
  /** Whether the call is accepted, and the operation fails that it starts. */
  readonly inOperation?: boolean
}

/** How a call to the fake server is delayed. */
export interface Delay {
  /** Seconds until it is carried out. */
  readonly seconds: number
  /** How many calls are delayed; 1 by default, `Infinity` for all of them. */
  readonly times?: number
}

interface Fault<Settings> {
  readonly pattern: RegExp
  readonly settings: Settings
  remaining: number
}

/** The failures and delays that a test asked for. */
export class Faults {
  readonly #failures: Fault<Failure>[] = []
  readonly #delays: Fault<Delay>[] = []

  fail(call: string, failure: Failure): void {
    this.#failures.push(createFault(call, failure))
  }

  delay(call: string, delay: Delay): void {
    this.#delays.push(createFault(call, delay))
  }

  /**
   * Delays a call, or refuses it; resolves with how the operation fails that it starts, if it is to.
   *
   * @throws {Refusal} it is to fail
   */
  async apply(call: string): Promise<Failure | undefined> {
    const delay = take(this.#delays, call)
    if (delay !== undefined) await pause(delay.seconds * 1000, undefined, { ref: false })
    const failure = take(this.#failures, call)
    if (failure === undefined || failure.inOperation) return failure
    throw new Refusal(failure.status ?? 500, failure.error)
  }
}

// `*` stands for one segment of the path.
function createFault<Settings extends { readonly times?: number }>(
  call: string,
  settings: Settings,
): Fault<Settings> {
  if (!/^[A-Z]+ \/\S*$/.test(call))
    throw new TypeError(`A call is written as 'PUT /1.0/instances/web/state', not '${call}'`)
  const parts = call.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return { pattern: new RegExp(`^${parts.join('[^/]+')}$`), settings, remaining: settings.times ?? 1 }
}

function take<Settings>(faults: Fault<Settings>[], call: string): Settings | undefined {
  const found = faults.find(({ pattern, remaining }) => remaining > 0 && pattern.test(call))
  if (found === undefined) return undefined
  found.remaining -= 1
  return found.settings
}
