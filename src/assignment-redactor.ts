import { QuotedText } from './quoted-text.ts'
import { isOpaqueKey, isSecretKey, isStrongKey } from './secret-names.ts'
import { matchAt, TextLines } from './text-lines.ts'

// `name: value`, `name=value`, `"name": "value"`, `?name=value`, also percent-encoded; the filter `name eq value`; the
// option `--name value`. A name begins only where a word does, so that each character is looked at once.
const ASSIGNMENT =
  /(?<![\w.-])(?:([\w.-]{1,100})((?:\\*["'`\]]|%5D|%2[27])?)([ \t]*(?:=>|:=|:|=+>?)|%3[AD]|(?:%20|\+|[ \t]+)(?:eq|ne)(?:%20|\+|[ \t]+))[ \t]*|(--?[\w-]{2,60})[ \t]+(?=[^\s-]))/gi
const MAY_ASSIGN = /[:=]|%3[AD]|%20(?:eq|ne)%20|[\s+](?:eq|ne)[\s+]|(?:^|\s)--?\w/i

// Names of secrets that mean something else as words of a sentence.
const AMBIGUOUS = /^(?:key|auth|sig|signature)$/i
const KIND_OF_KEY = /(?:api|access|secret|private|encryption|signing|license|master)[ \t]$/i
const MIGRATION = /^(?:control|fs|criu)$/i
// Fields of cloud-init that hold files and commands.
const CLOUD_INIT = /^(?:write_files|runcmd|bootcmd)$/
const WHOLE_LINE = /(?:authorization|cookies?)$/i
const SCHEME = /^(?:bearer|basic|digest|token|negotiate)$/i
// What tells whether there is a secret, not which.
const NO_SECRET = /^(?:true|false|null|none|~)$/i

const QUOTE = /\\{0,3}["'`]/y
const PARAMETER = /[^&\s"'<>#\\]*/y
const WORD = /\S*/y
const FLOW_WORD = /[^\s,}\]]*/y
const SPACE = /[ \t]*/y
// Of what follows a closing quote in a shell, as in 'it'\''s'.
const SHELL_WORD = /[^\s,;&|)}\]]*/y

/** What is assigned to a name in a text. */
interface Assignment {
  readonly name: string
  readonly nameStart: number
  /** The character before the name. */
  readonly before: string
  readonly quote: string
  readonly separator: string
  readonly start: number
  /** Whether nothing but indentation and the like is before it on its line. */
  readonly isFirst: boolean
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Masks what is assigned to the names of secrets in a text; goes through it once, so that it takes linear time. */
export class AssignmentRedactor {
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
    if (!MAY_ASSIGN.test(text)) return text
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
    const [whole, name = match[4] ?? '', , quote = '', separator = ' '] = [
      match[0],
      match[1],
      '',
      match[2],
      match[3],
    ]
    this.#lines.moveTo(index)
    // As a text has it in which line ends are written as \n.
    const isEscapedLine = this.#text[index - 1] === '\\' && /^[nrt]/.test(name)
    return {
      name: isEscapedLine && !isSecretKey(name) ? name.slice(1) : name,
      nameStart: index,
      before: this.#text[index - 1] ?? '',
      quote,
      separator,
      start: index + whole.length,
      isFirst: isEscapedLine || index <= this.#lines.contentStart,
    }
  }

  /** Where the secret is; `undefined` where the name is that of none. */
  #secretOf(assignment: Assignment): Range | undefined {
    const isWhole = this.#isOpaque(assignment)
    if (!isWhole && !this.#isSecret(assignment)) return undefined
    if (this.#isParameter(assignment)) return this.#span(assignment.start, PARAMETER)
    return this.#quotedValue(assignment) ?? this.#bareValue(assignment, isWhole)
  }

  #isOpaque({ name, quote, isFirst }: Assignment): boolean {
    const isField = quote !== '' || isFirst
    if (isField && CLOUD_INIT.test(name)) return true
    // A plain word may well be one of a sentence.
    return isOpaqueKey(name) && (isField || /[^a-z]/i.test(name))
  }

  #isSecret({ name, quote, separator, start, isFirst, nameStart }: Assignment): boolean {
    if (MIGRATION.test(name)) return quote !== ''
    if (!AMBIGUOUS.test(name)) return isSecretKey(name)
    const isSentence = quote === '' && separator.endsWith(':') && this.#text[start - 1] !== ':'
    if (!isSentence || name === name.toUpperCase() || (isFirst && this.#hasLines)) return true
    return KIND_OF_KEY.test(this.#text.slice(Math.max(0, nameStart - 12), nameStart))
  }

  #isParameter({ before, nameStart, separator }: Assignment): boolean {
    if (separator.startsWith('%') || separator.startsWith('+')) return true
    return separator === '=' && (/[?&#]/.test(before) || (this.#isForm && nameStart === 0))
  }

  /** The value without its quotes; `undefined` where it has none. */
  #quotedValue({ start, separator }: Assignment): Range | undefined {
    const length = matchAt(QUOTE, this.#text, start)
    const begin = start + length
    const quote = this.#text.slice(start, begin)
    const end = length === 0 ? undefined : this.#quoted.closingOf(quote, begin)
    if (end === undefined) return undefined
    const rest = separator.includes('=') ? matchAt(SHELL_WORD, this.#text, end + length) : 0
    return { start: begin, end: rest === 0 ? end : end + length + rest }
  }

  #bareValue(assignment: Assignment, isWhole: boolean): Range | undefined {
    const { name, start, quote, isFirst } = assignment
    const sign = this.#text[start]
    if (sign === '{' && !isWhole && !isStrongKey(name)) return undefined
    if (sign === '{' || sign === '[') return { start, end: this.#quoted.endOfBrackets(start) }
    if (quote !== '' || (isFirst && this.#lines.beginsInBrackets)) return this.#span(start, FLOW_WORD)
    if (isFirst) return this.#restOfLine(assignment)
    return isWhole || WHOLE_LINE.test(name) ? { start, end: this.#lines.end } : this.#word(start)
  }

  #restOfLine({ nameStart, quote, separator, start }: Assignment): Range | undefined {
    const rest = this.#text.slice(start, this.#lines.end).trim()
    if (NO_SECRET.test(rest)) return undefined
    if (!separator.includes(':')) return { start, end: this.#lines.end }
    const column = this.#lines.columnOf(nameStart) - quote.length
    const end = this.#lines.endOfBlock(column, rest === '')
    return rest === '' && end === this.#lines.end ? undefined : { start, end }
  }

  #word(start: number): Range | undefined {
    const { end } = this.#span(start, WORD) ?? { end: start }
    if (!SCHEME.test(this.#text.slice(start, end))) return this.#span(start, WORD)
    const next = end + matchAt(SPACE, this.#text, end)
    return { start, end: next + matchAt(WORD, this.#text, next) }
  }

  #span(start: number, pattern: RegExp): Range | undefined {
    const end = start + matchAt(pattern, this.#text, start)
    return NO_SECRET.test(this.#text.slice(start, end)) ? undefined : { start, end }
  }
}
