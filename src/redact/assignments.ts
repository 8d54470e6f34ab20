import { QuotedText } from './quoted-text.ts'
import { hasSecretWord, isSecretContainer, isSecretKey } from './secret-names.ts'
import { matchAt, TextLines } from './text-lines.ts'

// `name: value`, `name=value`, `"name": "value"`, `?name=value`; the filter `name eq value`; the option `--name value`, in
// a command or a list. A name begins only where a word does, so that each character is matched once.
const ASSIGNMENT =
  /(?<![\w.-])(?:([\w.-]{1,100})((?:\\*["'`\]])?)([ \t]*(?:=>|:=|:|=+>?)|(?:\+|[ \t]+)(?:eq|ne)(?:\+|[ \t]+))[ \t]*|(--?[\w-]{2,60})(?:[ \t]+(?=[^\s-])|["'],\s*(?=["'])|["']?\r?\n\s*-[ \t]+(?=[^\s-])))/gi
const MAY_ASSIGN = /[:=]|[\s+](?:eq|ne)[\s+]|(?:^|[\s"'])--?\w/i

// Names of secrets that are ordinary words in a sentence.
const AMBIGUOUS_NAME = /^(?:key|auth|sig|signature)$/i
const KEY_QUALIFIER = /(?:api|access|secret|private|encryption|signing|license|master)[ \t]$/i
const MIGRATION_SECRET = /^(?:control|fs|criu)$/i
// Fields of cloud-init that contain files and commands.
const CLOUD_INIT = /^(?:write_files|runcmd|bootcmd)$/
const WHOLE_LINE_HEADER = /(?:authorization|cookies?)$/i
const AUTH_SCHEME = /^(?:bearer|basic|digest|token|negotiate)$/i
// Values that only say whether there is a secret.
const NON_SECRET_VALUE = /^(?:true|false|null|none|~)$/i

const QUOTE = /\\{0,3}["'`]/y
const PARAMETER = /[^&\s"<>#]*/y
const WORD = /\S*/y
const FLOW_WORD = /[^\s,}\]]*/y
const SPACE = /[ \t]*/y
// The end of a line whose value is on the following lines.
const VALUE_BELOW = /(?:[|>][\d+-]{0,3}[ \t]*)?\r?\n/y
const END_OF_SHELL_WORD = /[\s,;&|)}\]]/

/** An assignment to a name in a text. */
interface Assignment {
  readonly name: string
  readonly nameStart: number
  /** The character before the name. */
  readonly before: string
  readonly quote: string
  readonly separator: string
  readonly start: number
  /** Whether only indentation, list markers and the like precede it on its line. */
  readonly isFirst: boolean
  /** Whether nothing follows it on its line, so that the value may be on the next lines. */
  readonly isLast: boolean
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Replaces the values assigned to secret names in a text by `mask`, in linear time. */
export function redactAssignments(text: string, mask: string): string {
  return MAY_ASSIGN.test(text) ? new AssignmentRedactor(text, mask).redact() : text
}

/** Scans a text once. */
class AssignmentRedactor {
  readonly #text: string
  readonly #mask: string
  readonly #lines: TextLines
  readonly #quoted: QuotedText
  readonly #hasLines: boolean
  readonly #isForm: boolean

  constructor(text: string, mask: string) {
    this.#text = text
    this.#mask = mask
    this.#lines = new TextLines(text)
    this.#quoted = new QuotedText(text)
    this.#hasLines = text.includes('\n')
    this.#isForm = text.includes('&') && !/\s/.test(text)
  }

  redact(): string {
    const text = this.#text
    const shown: string[] = []
    let done = 0
    ASSIGNMENT.lastIndex = 0
    for (let match = ASSIGNMENT.exec(text); match !== null; match = ASSIGNMENT.exec(text)) {
      const secret = this.#secretOf(this.#read(match))
      if (secret === undefined || secret.end <= secret.start) continue
      shown.push(text.slice(done, secret.start), this.#mask)
      done = secret.end
      ASSIGNMENT.lastIndex = secret.end
    }
    return done === 0 ? text : shown.join('') + text.slice(done)
  }

  #read(match: RegExpExecArray): Assignment {
    const { index } = match
    const [whole, named, quote = '', separator = ' ', option = ''] = match
    const name = named ?? option
    this.#lines.moveTo(index)
    // In text whose newlines are escaped, `n` of a `\n` is no part of the name.
    const isEscapedLine = this.#text[index - 1] === '\\' && /^[nrt]/.test(name)
    return {
      name: isEscapedLine && !isSecretKey(name) ? name.slice(1) : name,
      nameStart: index,
      before: this.#text[index - 1] ?? '',
      quote,
      separator,
      start: index + whole.length,
      isLast: separator.includes(':') && matchAt(VALUE_BELOW, this.#text, index + whole.length) > 0,
      isFirst: option === '' && (isEscapedLine || index <= this.#lines.contentStart),
    }
  }

  /** The range of the secret; `undefined` if the name is not secret. */
  #secretOf(assignment: Assignment): Range | undefined {
    const isContainer = this.#isContainer(assignment)
    if (!isContainer && !this.#isSecret(assignment)) return undefined
    return (
      this.#parameterValue(assignment) ??
      this.#quotedValue(assignment) ??
      this.#bareValue(assignment, isContainer)
    )
  }

  #isContainer({ name, quote, isFirst, isLast }: Assignment): boolean {
    const isField = quote !== '' || isFirst || isLast
    if (isField && CLOUD_INIT.test(name)) return true
    // A plain word may be part of a sentence.
    return isSecretContainer(name) && (isField || /[^a-z]/i.test(name))
  }

  #isSecret({ name, quote, separator, start, isFirst, nameStart }: Assignment): boolean {
    if (MIGRATION_SECRET.test(name)) return quote !== '' || (isFirst && this.#hasLines)
    if (!AMBIGUOUS_NAME.test(name)) return isSecretKey(name)
    const isSentence = quote === '' && separator.endsWith(':') && this.#text[start - 1] !== ':'
    if (!isSentence || name === name.toUpperCase() || (isFirst && this.#hasLines)) return true
    return KEY_QUALIFIER.test(this.#text.slice(Math.max(0, nameStart - 12), nameStart))
  }

  /** The value of a query parameter; `undefined` for any other assignment. */
  #parameterValue({ before, nameStart, separator, start, isFirst }: Assignment): Range | undefined {
    const followsDelimiter = /[?&]/.test(before) || (before === '#' && !isFirst)
    const isParameter = separator === '=' && (followsDelimiter || (this.#isForm && nameStart === 0))
    const value = isParameter || separator.startsWith('+') ? this.#span(start, PARAMETER) : undefined
    return value?.end === start ? undefined : value
  }

  /** The value within its quotes; `undefined` if it is not quoted. */
  #quotedValue({ start, separator }: Assignment): Range | undefined {
    const length = matchAt(QUOTE, this.#text, start)
    const begin = start + length
    const quote = this.#text.slice(start, begin)
    const end = length === 0 ? undefined : this.#quoted.closingOf(quote, begin)
    if (end === undefined) return undefined
    const wordEnd = separator.includes('=') ? this.#endOfShellWord(end + length) : end + length
    return { start: begin, end: wordEnd === end + length ? end : wordEnd }
  }

  // In a shell a word continues after a closing quote, as in 'it'\''s'.
  #endOfShellWord(start: number): number {
    let index = start
    for (let char = this.#text[index]; char !== undefined; char = this.#text[index]) {
      if (END_OF_SHELL_WORD.test(char)) break
      if (char === '"' || char === "'") index = this.#quoted.closingOf(char, index + 1) ?? index
      index += char === '\\' ? 2 : 1
    }
    return Math.min(index, this.#text.length)
  }

  #bareValue(assignment: Assignment, isContainer: boolean): Range | undefined {
    const { name, start, quote, separator, isFirst, isLast } = assignment
    const char = this.#text[start]
    if (char === '{' && !isContainer && !hasSecretWord(name)) return undefined
    if (char === '{' || char === '[') return { start, end: this.#quoted.endOfBrackets(start) }
    if (quote !== '' || (isFirst && this.#lines.beginsInBrackets)) return this.#span(start, FLOW_WORD)
    if (isFirst || isLast) return this.#restOfLine(assignment)
    if (separator.includes(':') && this.#lines.endOfOwnBlock > this.#lines.end)
      return { start, end: this.#lines.endOfOwnBlock }
    return isContainer || WHOLE_LINE_HEADER.test(name) ? { start, end: this.#lines.end } : this.#word(start)
  }

  #restOfLine({ nameStart, quote, separator, start, isFirst }: Assignment): Range | undefined {
    const rest = this.#text.slice(start, this.#lines.end).trim()
    if (NON_SECRET_VALUE.test(rest)) return undefined
    if (!separator.includes(':')) return { start, end: this.#lines.end }
    const column = isFirst ? this.#lines.columnOf(nameStart) - quote.length : this.#lines.indent
    const end = this.#lines.endOfBlock(column, rest === '')
    return rest === '' && end === this.#lines.end ? undefined : { start, end }
  }

  #word(start: number): Range | undefined {
    const { end } = this.#span(start, WORD) ?? { end: start }
    if (!AUTH_SCHEME.test(this.#text.slice(start, end))) return this.#span(start, WORD)
    const next = end + matchAt(SPACE, this.#text, end)
    return { start, end: next + matchAt(WORD, this.#text, next) }
  }

  #span(start: number, pattern: RegExp): Range | undefined {
    const end = start + matchAt(pattern, this.#text, start)
    return NON_SECRET_VALUE.test(this.#text.slice(start, end)) ? undefined : { start, end }
  }
}
