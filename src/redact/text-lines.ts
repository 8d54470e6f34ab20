// What may stand before the first word of a line: indentation, list items, quotes, brackets, `export`.
const LEAD = /[ \t\-"'`#>*?{[(|]*(?:(?:export|set|env|local|readonly|ENV|ARG)[ \t]+)?/y
const INDENT = /[ \t]*/y

/** The lines of a text, one after the other and never back, so that all of them together take linear time. */
export class TextLines {
  /** Where the first word of the line begins. */
  contentStart = 0
  /** Where the line ends: at its `\n`, or at the end of the text. */
  end = 0
  readonly #text: string
  #start = 0
  #endOfOwnBlock: number | undefined

  constructor(text: string) {
    this.#text = text
    this.#readFrom(0)
  }

  /** Goes on to the line that holds what is at an index. */
  moveTo(index: number): void {
    while (index > this.end) this.#readFrom(this.end + 1)
  }

  /** How far an index is from the beginning of the line. */
  columnOf(index: number): number {
    return index - this.#start
  }

  /** Whether the line begins inside of brackets, as `{ name: web }` does. */
  get beginsInBrackets(): boolean {
    return /[{[]/.test(this.#text.slice(this.#start, this.contentStart))
  }

  /** How far the line is indented. */
  get indent(): number {
    return matchAt(INDENT, this.#text, this.#start)
  }

  /** Where the lines end that are indented by more than this one. */
  get endOfOwnBlock(): number {
    this.#endOfOwnBlock ??= this.endOfBlock(this.indent, false)
    return this.#endOfOwnBlock
  }

  /** Where the lines end that belong to this one as they do in YAML: indented by more than `column`, or, `withItems`, `- …`. */
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
    this.contentStart = start + matchAt(LEAD, this.#text, start)
  }

  #endFrom(start: number): number {
    const end = this.#text.indexOf('\n', start)
    return end < 0 ? this.#text.length : end
  }
}

/** How many characters a sticky pattern matches at an index. */
export function matchAt(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index
  return pattern.exec(text)?.[0].length ?? 0
}
