/** What kind of value a metric has; `unknown` where the server does not say. */
export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown'

/** A metric's labels by name: `{ name: 'web', project: 'default', cpu: '0' }`. */
export type MetricLabels = Readonly<Record<string, string>>

/** An example of what a metric counts, such as one request. */
export interface Exemplar {
  readonly labels: MetricLabels
  readonly value: number
  /** Unix time in seconds; `undefined` where there is none. */
  readonly timestamp: number | undefined
}

/** One value of a metric. */
export interface MetricSample {
  /** The name without the server's prefix: `cpu_seconds_total`. */
  readonly name: string
  readonly labels: MetricLabels
  /** May be `NaN` or infinite. */
  readonly value: number
  readonly type: MetricType
  /** Unix time in seconds; `undefined` where there is none, as LXD and Incus do. */
  readonly timestamp: number | undefined
  readonly exemplar: Exemplar | undefined
}

/** A line that is not OpenMetrics. */
export class MetricSyntaxError extends SyntaxError {
  override readonly name = 'MetricSyntaxError'

  constructor(line: number, text: string, problem: string) {
    super(`Line ${line} is not OpenMetrics, ${problem}: ${JSON.stringify(text.slice(0, MAX_SHOWN))}`)
  }
}

const MAX_SHOWN = 200
const TYPES: ReadonlySet<string> = new Set<MetricType>([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
])
const PREFIX = /^(lxd|incus)_/
// A family's samples may have one of these behind its name.
const SUFFIX = /_(total|created|count|sum|bucket|gcount|gsum|info)$/

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const COMMENT = new RegExp(`^# (?:TYPE (?<name>${NAME}) (?<type>\\w+)|(?:HELP|UNIT) ${NAME}(?: .*)?)$`)
const LABEL = /(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\.)*)"/y
const NUMBER = '[+-]?(?:\\d+\\.?\\d*(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|[iI]nf(?:inity)?)|[nN]a[nN]'
const VALUE = new RegExp(` (?<value>${NUMBER})(?: (?<timestamp>${NUMBER}))?`, 'y')
const SAMPLE_NAME = new RegExp(NAME, 'y')

/**
 * Parses OpenMetrics text, and that of Prometheus.
 *
 * @throws {MetricSyntaxError} a line is malformed, or the end is missing
 */
export function parseMetrics(text: string): readonly MetricSample[] {
  const types = new Map<string, MetricType>()
  const samples: MetricSample[] = []
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line === '# EOF') return checkEnd(lines, index, samples)
    const reader = new LineReader(line, index + 1)
    if (line.startsWith('#')) readComment(reader, types)
    else if (line !== '') samples.push(readSample(reader, types))
  }
  throw new MetricSyntaxError(lines.length, lines.at(-1) ?? '', 'the text ends without # EOF')
}

function checkEnd(
  lines: readonly string[],
  index: number,
  samples: readonly MetricSample[],
): readonly MetricSample[] {
  const more = lines.findIndex((line, other) => other > index && line !== '')
  if (more === -1) return samples
  throw new MetricSyntaxError(more + 1, lines[more] ?? '', 'it stands behind # EOF')
}

function readComment({ line, fail }: LineReader, types: Map<string, MetricType>): void {
  const found = COMMENT.exec(line)?.groups
  if (found === undefined) throw fail('no HELP, TYPE or UNIT')
  const { name, type = '' } = found
  if (name === undefined) return
  const known = type === 'untyped' ? 'unknown' : type
  if (!isType(known)) throw fail('an unknown type')
  if (types.has(name)) throw fail('a second type of the same metric')
  types.set(name, known)
}

function readSample(reader: LineReader, types: ReadonlyMap<string, MetricType>): MetricSample {
  const name = reader.read(SAMPLE_NAME, 'no name')[0]
  const labels = reader.skip('{') ? readLabels(reader) : {}
  const { value, timestamp } = readValue(reader)
  const exemplar = reader.skip(' # {') ? { labels: readLabels(reader), ...readValue(reader) } : undefined
  if (!reader.isAtEnd) throw reader.fail('more than a value')
  const type = types.get(name) ?? types.get(name.replace(SUFFIX, '')) ?? 'unknown'
  return { name: name.replace(PREFIX, ''), labels, value, type, timestamp, exemplar }
}

function readLabels(reader: LineReader): MetricLabels {
  const labels = new Map<string, string>()
  while (!reader.skip('}')) {
    if (labels.size > 0 && !reader.skip(',')) throw reader.fail('labels without a comma between them')
    if (labels.size > 0 && reader.skip('}')) break
    const { name = '', value = '' } = reader.read(LABEL, 'no label').groups ?? {}
    if (labels.has(name)) throw reader.fail('the same label twice')
    labels.set(name, unescapeLabel(value))
  }
  return Object.fromEntries(labels)
}

function readValue(reader: LineReader): { value: number; timestamp: number | undefined } {
  const { value = '', timestamp } = reader.read(VALUE, 'no number').groups ?? {}
  return { value: numberOf(value), timestamp: timestamp === undefined ? undefined : numberOf(timestamp) }
}

// What else stands behind a backslash is as it is.
function unescapeLabel(text: string): string {
  return text.replace(/\\([\\"n])/g, (_all, character) => (character === 'n' ? '\n' : character))
}

function numberOf(text: string): number {
  const [, sign, infinity] = /^([+-]?)(inf)/i.exec(text) ?? []
  if (infinity !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

function isType(text: string): text is MetricType {
  return TYPES.has(text)
}

/** Reads a line from left to right. */
class LineReader {
  readonly line: string
  readonly #number: number
  #position = 0

  constructor(line: string, number: number) {
    this.line = line
    this.#number = number
  }

  get isAtEnd(): boolean {
    return this.#position === this.line.length
  }

  /** Reads what a sticky pattern matches. */
  read(pattern: RegExp, problem: string): RegExpExecArray {
    pattern.lastIndex = this.#position
    const found = pattern.exec(this.line)
    if (found === null) throw this.fail(problem)
    this.#position = pattern.lastIndex
    return found
  }

  /** Skips a text; `false` if there is another. */
  skip(text: string): boolean {
    if (!this.line.startsWith(text, this.#position)) return false
    this.#position += text.length
    return true
  }

  readonly fail = (problem: string): MetricSyntaxError =>
    new MetricSyntaxError(this.#number, this.line, problem)
}
