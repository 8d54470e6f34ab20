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

export function isEnvelope(data: unknown): data is Envelope {
  return isRecord(data) && TYPES.has(data.type)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
