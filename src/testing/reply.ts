import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { isError } from '../common/is-error.ts'

/** A JSON object of the API. */
export type Fields = Record<string, unknown>

/** A request that the fake server received. */
export interface FakeRequest {
  readonly method: string
  /** The path in its decoded parts: `['1.0', 'instances', 'web']`. */
  readonly segments: readonly string[]
  /** Without the query string, as it was received. */
  readonly url: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What the fake server answers. */
export interface Reply {
  readonly status?: number
  readonly headers?: OutgoingHttpHeaders
  readonly json?: Fields
  readonly body?: Buffer
}

/** A request is refused with a status and the words of the servers. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const EMPTY = {
  type: '',
  status: '',
  status_code: 0,
  operation: '',
  error_code: 0,
  error: '',
  metadata: null,
}

/** An envelope, with all its fields in the order of the servers. */
export function envelope(fields: Fields): Fields {
  return { ...EMPTY, ...fields }
}

/** The answer to a call that is done. */
export function sync(metadata: unknown, headers: OutgoingHttpHeaders = {}): Reply {
  return { headers, json: envelope({ type: 'sync', status: 'Success', status_code: 200, metadata }) }
}

/** The answer to a call that has created something at a URL. */
export function created(location: string): Reply {
  return { ...sync(null, { location }), status: 201 }
}

/** The answer to a call that started an operation. */
export function started(operation: Fields): Reply {
  const url = `/1.0/operations/${operation['id']}`
  const fields = { type: 'async', status: 'Operation created', status_code: 100, operation: url }
  return { status: 202, headers: { location: url }, json: envelope({ ...fields, metadata: operation }) }
}

/** The answer to a call that failed. */
export function refused(error: unknown): Reply {
  const status = error instanceof Refusal ? error.status : 500
  const message = isError(error) ? error.message : String(error)
  return { status, json: envelope({ type: 'error', error_code: status, error: message }) }
}

/**
 * The JSON object that a request has as its body; an empty body is an empty object.
 *
 * @throws {Refusal} it has none
 */
export function fieldsOf({ body }: FakeRequest): Fields {
  if (body.length === 0) return {}
  try {
    const fields: unknown = JSON.parse(body.toString())
    // Safe cast: it is an object.
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Fields
  } catch {}
  throw new Refusal(400, 'The body is not a JSON object')
}

/** A field that is an object; an empty one where there is none. */
export function objectAt(fields: Fields, name: string): Fields {
  const value = fields[name]
  // Safe cast: it is an object.
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
