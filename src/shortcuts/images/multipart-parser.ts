/** A malformed or incomplete form. */
export class BrokenForm extends Error {}

/** The headers of a part, by lower-case name. */
export type PartHead = ReadonlyMap<string, string>

/** The head of a part, or some of its bytes. */
export type PartEvent = PartHead | Buffer

// In bytes; the servers send 200.
const MAX_HEAD_SIZE = 16 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const EMPTY = Buffer.alloc(0)

/** Parses a `multipart/form-data` body as it arrives, in chunks of any size. */
export class MultipartParser {
  readonly #delimiter: Buffer
  #state: 'preamble' | 'delimiter' | 'head' | 'body' | 'end' = 'preamble'
  // The delimiter begins with a line break, which the first one lacks.
  #rest: Buffer = Buffer.from('\r\n')

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
  }

  /** Parses a chunk; yields bytes as soon as they certainly belong to the part. */
  *feed(chunk: Buffer): Iterable<PartEvent> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let state: string | undefined; state !== this.#state; ) {
      state = this.#state
      if (state === 'preamble' || state === 'body') yield* this.#readBody(state === 'body')
      if (state === 'delimiter') this.#readDelimiterEnd()
      if (state === 'head') yield* this.#readHead()
      if (state === 'end') this.#rest = EMPTY
    }
  }

  /** Throws unless the last part was complete. */
  finish(): void {
    if (this.#state !== 'end') throw new BrokenForm('The form was cut short')
  }

  *#readBody(isPart: boolean): Iterable<Buffer> {
    const at = this.#rest.indexOf(this.#delimiter)
    const end = at === -1 ? this.#rest.length - this.#heldBack() : at
    if (isPart && end > 0) yield this.#rest.subarray(0, end)
    this.#rest = this.#rest.subarray(at === -1 ? end : at + this.#delimiter.length)
    if (at !== -1) this.#state = 'delimiter'
  }

  #readDelimiterEnd(): void {
    if (this.#rest.length < 2) return
    const mark = this.#rest.toString('latin1', 0, 2)
    if (mark !== '--' && mark !== '\r\n')
      throw new BrokenForm('The form has a part that does not begin with a line')
    this.#state = mark === '--' ? 'end' : 'head'
    // The line break stays: in a part without headers it precedes the empty line.
    if (mark === '--') this.#rest = EMPTY
  }

  *#readHead(): Iterable<PartHead> {
    const end = this.#rest.indexOf(HEAD_END)
    if (end > MAX_HEAD_SIZE || (end === -1 && this.#rest.length > MAX_HEAD_SIZE))
      throw new BrokenForm('The form has a part with endless headers')
    if (end === -1) return
    yield parseHead(this.#rest.toString('utf8', 0, end))
    this.#rest = this.#rest.subarray(end + HEAD_END.length)
    this.#state = 'body'
  }

  /** The number of trailing bytes that may be the beginning of a delimiter. */
  #heldBack(): number {
    const rest = this.#rest
    const first = Math.max(0, rest.length - this.#delimiter.length + 1)
    for (let at = rest.indexOf(13, first); at !== -1; at = rest.indexOf(13, at + 1)) {
      const tail = rest.subarray(at)
      if (tail.equals(this.#delimiter.subarray(0, tail.length))) return tail.length
    }
    return 0
  }
}

/** The boundary in a content type; `undefined` if it is not that of a form. */
export function boundaryOf(contentType = ''): string | undefined {
  if (!/^multipart\/form-data\b/i.test(contentType)) return undefined
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? []
  return quoted ?? plain
}

/** The name of a part; '' if it has none. */
export function partNameOf(head: PartHead): string {
  return /;\s*name="([^"]*)"/i.exec(head.get('content-disposition') ?? '')?.[1] ?? ''
}

function parseHead(text: string): PartHead {
  const lines = text.split('\r\n').filter(line => line !== '')
  return new Map(
    lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}
