const DELIMITER = /["'`[\]{}\\]/g

/** Finds closing quotes and brackets in linear time: a missing closing quote is searched for only once. */
export class QuotedText {
  readonly #text: string
  readonly #unclosed = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  /** The index of the closing quote at or after `start`; `undefined` if there is none. */
  closingOf(quote: string, start: number): number | undefined {
    if (this.#unclosed.has(quote)) return undefined
    for (let index = start; ; index += quote.length) {
      index = this.#text.indexOf(quote, index)
      if (index < 0) break
      if (!this.#isEscaped(quote, index)) return index
      if (this.#isDoubled(quote, index)) index += 1
    }
    this.#unclosed.add(quote)
    return undefined
  }

  /** The index after the bracket that closes the one at `start`; the end of the text if there is none. */
  endOfBrackets(start: number): number {
    let depth = 0
    DELIMITER.lastIndex = start
    for (let match = DELIMITER.exec(this.#text); match !== null; match = DELIMITER.exec(this.#text)) {
      const [char] = match
      if (char === '\\') DELIMITER.lastIndex += 1
      else if (char === '{' || char === '[') depth += 1
      else if (char === '}' || char === ']') depth -= 1
      else DELIMITER.lastIndex = (this.closingOf(char, match.index + 1) ?? match.index) + 1
      if (depth === 0) return DELIMITER.lastIndex
    }
    return this.#text.length
  }

  #isEscaped(quote: string, index: number): boolean {
    return this.#isDoubled(quote, index) || this.#isAfterBackslash(quote, index)
  }

  // An escaped apostrophe in YAML and SQL.
  #isDoubled(quote: string, index: number): boolean {
    return quote === "'" && this.#text[index + 1] === quote
  }

  #isAfterBackslash(quote: string, index: number): boolean {
    if (quote === "'") return false
    let backslashes = 0
    while (this.#text[index - 1 - backslashes] === '\\') backslashes += 1
    return quote.length > 1 ? backslashes > 0 : backslashes % 2 === 1
  }
}
