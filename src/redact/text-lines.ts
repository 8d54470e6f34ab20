// What may precede the first word of a line: indentation, list markers, quotes, brackets, `export`.
const LINE_PREFIX = /[ \t\-"'`#>*?{[(|]*(?:(?:export|set|env|local|readonly|ENV|ARG)[ \t]+)?/y
const INDENT = /[ \t]*/y

/** A cursor over the lines of a text that only moves forward, so that a whole scan takes linear time. */
export class TextLines {
  /** The index of the line's first word. */
  contentStart = 0
  /** The index of the line's `\n`, or the end of the text. */
  end = 0
  readonly #text: string
  #start = 0
  #endOfOwnBlock: number | undefined

  constructor(text: string) {
    this.#text = text
    this.#readFrom(0)
  }

  /** Moves forward to the line that contains an index. */
  moveTo(index: number): void {
    while (index > this.end) this.#readFrom(this.end + 1)
  }

  /** The distance of an index from the start of the line. */
  columnOf(index: number): number {
    return index - this.#start
  }

  /** Whether the line begins with a bracket, as `{ name: web }` does. */
  get beginsInBrackets(): boolean {
    return /[{[]/.test(this.#text.slice(this.#start, this.contentStart))
  }

  /** The width of the line's indentation. */
  get indent(): number {
    return matchAt(INDENT, this.#text, this.#start)
  }

  /** The end of the following lines that are indented more than this one. */
  get endOfOwnBlock(): number {
    this.#endOfOwnBlock ??= this.endOfBlock(this.indent, false)
    return this.#endOfOwnBlock
  }

  /** The end of the lines that belong to this one in YAML: indented more than `column`, or `withItems` also list items. */
  endOfBlock(column: number, withItems: boolean): number {
    let end = this.end
    for (let next = end; next < this.#text.length; next = this.#endFrom(next + 1)) {
      const indent = matchAt(INDENT, this.#text, next + 1)
      const first = this.#text[next + 1 + indent]
      if (first === undefined || first === '\n' || first === '\r') continue
      if (indent <= column && !(withItems && indent === column && first === '-')) break
      end = this.#endFrom(next + 1)
    }
    return end
  }

  #readFrom(start: number): void {
    this.#start = start
    this.#endOfOwnBlock = undefined
    this.end = this.#endFrom(start)
    this.contentStart = start + matchAt(LINE_PREFIX, this.#text, start)
  }

  #endFrom(start: number): number {
    const end = this.#text.indexOf('\n', start)
    return end < 0 ? this.#text.length : end
  }
}

/** Returns how many characters a sticky pattern matches at an index. */
export function matchAt(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index
  return pattern.exec(text)?.[0].length ?? 0
}
