import type { Answer } from '../answer/answer.ts'
import type { Call } from '../request/call.ts'

/** Sends a call to a server. */
export type SendCall = (call: Call) => Promise<Answer>

/** Gives calls their credentials. */
export interface Authorizer {
  /** Sends a call with credentials; if the server refuses these, gets others and sends it once more. */
  send(call: Call, send: SendCall): Promise<Answer>
  /** Ends what it is doing, and the calls that wait for it. */
  close(): void
}
