import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { OpenSource } from '../transfer/source.ts'

/** A file in a form. */
export interface FormPart {
  readonly name: string
  readonly filename: string
  readonly source: OpenSource
}

/** An encoded form. */
export interface Form {
  readonly contentType: string
  readonly source: OpenSource
}

/** Encodes parts as `multipart/form-data`; each file is read when it is sent. */
export function formOf(parts: readonly FormPart[]): Form {
  const boundary = `lxdapi-${randomBytes(16).toString('hex')}`
  const heads = parts.map(part => Buffer.from(headOf(part, boundary)))
  const end = Buffer.from(`--${boundary}--\r\n`)
  const sizes = [end.length, ...heads.map(head => head.length + 2), ...parts.map(({ source }) => source.size)]
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    source: { stream: Readable.from(chunksOf(parts, heads, end)), size: sum(sizes) },
  }
}

async function* chunksOf(
  parts: readonly FormPart[],
  heads: readonly Buffer[],
  end: Buffer,
): AsyncGenerator<Buffer> {
  for (const [index, { source }] of parts.entries()) {
    // Safe cast: there is a head for each part.
    yield heads[index] as Buffer
    yield* source.stream
    yield Buffer.from('\r\n')
  }
  yield end
}

function headOf({ name, filename }: FormPart, boundary: string): string {
  const disposition = `form-data; name="${name}"; filename="${escapeName(filename)}"`
  const lines = [
    `--${boundary}`,
    `Content-Disposition: ${disposition}`,
    'Content-Type: application/octet-stream',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

// As browsers do.
function escapeName(filename: string): string {
  return filename.replace(/[\r\n"]/g, encodeURIComponent)
}

function sum(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
}
