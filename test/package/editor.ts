import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(import.meta.url)

/** A place in a file, from 1. */
interface Place {
  readonly file: string
  readonly line: number
  readonly offset: number
}

interface Message {
  readonly type: string
  readonly request_seq?: number
  readonly success?: boolean
  readonly body?: unknown
}

/** What an editor shows, by the language server of a TypeScript package: `tsserver`, as VS Code runs it. */
export class Editor {
  readonly #server: ChildProcessWithoutNullStreams
  readonly #answers = new Map<number, (message: Message) => void>()
  #sequence = 0

  constructor(compiler: 'typescript-5.9' | 'typescript-6.0') {
    const program = require.resolve(`${compiler}/lib/tsserver.js`)
    this.#server = spawn(process.execPath, [program, '--disableAutomaticTypingAcquisition'])
    createInterface(this.#server.stdout).on('line', line => this.#receive(line))
  }

  open(file: string): void {
    this.#send('open', { file })
  }

  /** The names that are proposed at a place, without the quotes of keys. */
  async completionsAt(place: Place): Promise<string[]> {
    // Safe cast: the protocol of tsserver.
    const { entries } = (await this.#ask('completionInfo', place)) as { entries: { name: string }[] }
    return entries.map(({ name }) => name.replace(/^['"](.*)['"]$/, '$1'))
  }

  /** What is shown where the pointer rests: the declaration, then the comment. */
  async hoverAt(place: Place): Promise<string> {
    // Safe cast: the protocol of tsserver.
    const shown = (await this.#ask('quickinfo', place)) as { displayString: string; documentation: string }
    return `${shown.displayString}\n${shown.documentation}`
  }

  /** The file and the line that "go to definition" leads to, through source maps. */
  async definitionAt(place: Place): Promise<{ readonly file: string; readonly line: number }> {
    // Safe cast: the protocol of tsserver.
    const [found] = (await this.#ask('definition', place)) as { file: string; start: { line: number } }[]
    if (found === undefined) throw new Error(`No definition: ${JSON.stringify(place)}`)
    return { file: found.file, line: found.start.line }
  }

  async close(): Promise<void> {
    this.#send('exit')
    await once(this.#server, 'close')
  }

  #send(command: string, args?: unknown): number {
    this.#sequence += 1
    const request = { seq: this.#sequence, type: 'request', command, arguments: args }
    this.#server.stdin.write(`${JSON.stringify(request)}\n`)
    return this.#sequence
  }

  #ask(command: string, place: Place): Promise<unknown> {
    const sequence = this.#send(command, place)
    return new Promise((resolve, reject) => {
      this.#answers.set(sequence, ({ success, body }) =>
        success ? resolve(body) : reject(new Error(`${command}: ${JSON.stringify(place)}`)),
      )
    })
  }

  #receive(line: string): void {
    if (!line.startsWith('{')) return // The length of what follows.
    const message = JSON.parse(line) as Message // Safe cast: the protocol of tsserver.
    if (message.type !== 'response' || message.request_seq === undefined) return
    this.#answers.get(message.request_seq)?.(message)
    this.#answers.delete(message.request_seq)
  }
}
