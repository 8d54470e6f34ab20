const NOTABLE = /["'`[\]{}\\]/g

/** Finds where quotes and brackets in a text are closed; what is never closed is looked for once, so that it takes linear time. */
export class QuotedText {
  readonly #text: string
  readonly #unclosed = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  /** Where the quote is that closes one that begins before `start`; `undefined` where there is none. */
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

  /** Where what begins with a bracket at `start` ends: behind the bracket that closes it, else at the end of the text. */
  endOfBrackets(start: number): number {
    let depth = 0
    NOTABLE.lastIndex = start
    for (let match = NOTABLE.exec(this.#text); match !== null; match = NOTABLE.exec(this.#text)) {
      const [sign] = match
      if (sign === '\\') NOTABLE.lastIndex += 1
      else if (sign === '{' || sign === '[') depth += 1
      else if (sign === '}' || sign === ']') depth -= 1
      else NOTABLE.lastIndex = (this.closingOf(sign, match.index + 1) ?? match.index) + 1
      if (depth === 0) return NOTABLE.lastIndex
    }
    return this.#text.length
  }

  #isEscaped(quote: string, index: number): boolean {
    return this.#isDoubled(quote, index) || this.#isAfterBackslash(quote, index)
  }

  // As YAML and SQL write an apostrophe.
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
