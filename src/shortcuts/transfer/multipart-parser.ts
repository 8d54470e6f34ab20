/** A form that has not the form of one: what arrived is not what its sender announced. */
export class BrokenForm extends Error {}

/** What begins a part: its headers, by lower-case name. */
export type PartHead = ReadonlyMap<string, string>

/** A part's beginning, or some of its bytes. */
export type PartEvent = PartHead | Buffer

// What a part's headers may take; the servers' have 200 bytes.
const MAX_HEAD_SIZE = 16 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const EMPTY = Buffer.alloc(0)

/** Takes a `multipart/form-data` body apart as it arrives, however it is cut into chunks. */
export class MultipartParser {
  readonly #delimiter: Buffer
  #state: 'preamble' | 'delimiter' | 'head' | 'body' | 'end' = 'preamble'
  // As if a line had ended before the first one.
  #rest: Buffer = Buffer.from('\r\n')

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
  }

  /** What a chunk brings; bytes are given out as soon as it is sure that they belong to the part. */
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

  /** Throws unless the last part was whole. */
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
    // The line's end stays: a part without headers has none but this before its empty line.
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

  /** How many of the last bytes may be the beginning of a delimiter. */
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

/** The boundary that a content type names; `undefined` where it is of no form. */
export function boundaryOf(contentType = ''): string | undefined {
  if (!/^multipart\/form-data\b/i.test(contentType)) return undefined
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? []
  return quoted ?? plain
}

/** The name of a part; '' where it has none. */
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
