import { isUtf8 } from 'node:buffer'
import { readFileSync, writeFileSync } from 'node:fs'
import { isRecord } from '../common/is-record.ts'
import { redact, redactText } from '../redact/redact.ts'
import { describeBody, isStream } from '../request/body.ts'

/**
 * A transaction in a recording, with its secrets masked. Of what it has no value for, it has no field.
 */
export interface RecordedCall {
  readonly method: string
  /** Path and query string. */
  readonly path: string
  /** The JSON document that was sent; of anything else, what the trace shows of it: `<12 bytes>`, `<stream>`. */
  readonly body?: unknown
  /** Why nothing answered. */
  readonly failure?: string
  /** The HTTP status. */
  readonly status?: number
  /** Those that say what the answer is. */
  readonly headers?: Readonly<Record<string, string>>
  /** The JSON document that was answered. */
  readonly json?: unknown
  /** The text that was answered. */
  readonly text?: string
  /** The bytes that were answered, where they are no text: as they were, since nothing can be masked in them. */
  readonly base64?: string
  /** What the server sent by the websocket that was opened. */
  readonly messages?: readonly RecordedMessage[]
  /** Whether the server closed the websocket. */
  readonly isClosed?: boolean
}

/** A message of a websocket; `binary` is one of bytes that are text, such as the output of a command. */
export type RecordedMessage =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly binary: string }
  | { readonly base64: string }

/** What `record()` writes, and `replay()` reads. */
export interface Recording {
  readonly version: 1
  readonly calls: readonly RecordedCall[]
}

/** Reads a recording. */
export function readRecording(file: string): Recording {
  const recording: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isRecord(recording) || recording.version !== 1 || !Array.isArray(recording.calls))
    throw new Error(`${file} is no recording that this version of lxdapi knows`)
  // Safe cast: record() has written it.
  return recording as unknown as Recording
}

/** Writes a recording, to be read in a review. */
export function writeRecording(file: string, calls: readonly RecordedCall[]): void {
  const recording: Recording = { version: 1, calls }
  writeFileSync(file, `${JSON.stringify(recording, null, 2)}\n`)
}

/** The body of a request as a recording has it. */
export function recordBody(body: unknown, isJson: boolean): unknown {
  if (body == null) return undefined
  if (isJson) return redact(body)
  // A Blob is sent as a stream.
  return body instanceof Blob || isStream(body) ? '<stream>' : describeBody(body)
}

/** The bytes of an answer as a recording has them. */
export function recordBytes(bytes: Buffer): Pick<RecordedCall, 'text' | 'base64'> {
  return isUtf8(bytes) ? { text: redactText(String(bytes)) } : { base64: bytes.toString('base64') }
}

/** The bytes of a recorded answer. */
export function bytesOf({ json, text, base64 }: RecordedCall): Buffer {
  if (json !== undefined) return Buffer.from(JSON.stringify(json))
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64')
}

/** What requests are matched by: how long to wait for an operation depends on the clock. */
export function pathKey(path: string): string {
  return /^\/1\.0\/operations\/[^/]+\/wait\?/.test(path)
    ? path.replace(/([?&])timeout=[^&]*&?/, '$1').replace(/[?&]$/, '')
    : path
}
