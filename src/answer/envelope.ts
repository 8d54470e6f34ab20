import { isRecord } from '../common/is-record.ts'

export { isRecord }

/** The status code from which an operation is over: 200 is success, 400 failure, 401 cancelled. */
export const FINAL_STATUS = 200

/** What the servers put around every JSON answer; the guest sockets don't. */
export interface Envelope {
  readonly type: 'sync' | 'async' | 'error'
  readonly status_code: number
  /** Where the operation is that this call started: `/1.0/operations/<id>`, perhaps with a query string. */
  readonly operation: string
  readonly error_code: number
  readonly error: string
  readonly metadata: unknown
}

const TYPES: ReadonlySet<unknown> = new Set(['sync', 'async', 'error'])

/** Whether a document is an envelope of the servers. */
export function isEnvelope(data: unknown): data is Envelope {
  return isRecord(data) && TYPES.has(data.type)
}
