import type { Debugger } from 'debug'
import { isError } from '../common/is-error.ts'
import type { Transport } from '../connection/transport.ts'
import { redact, redactText } from '../redact/redact.ts'
import { describeBody } from '../request/body.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { formatCurl } from './curl.ts'

/**
 * Prints each transaction to stderr, redacted: with `DEBUG=lxdapi` once it has ended, and with `DEBUG=lxdapi:curl` as a
 * `curl` command before it is sent.
 */
export class Trace {
  readonly #isForced: boolean | undefined
  #loading: Promise<void> | undefined
  #print: Debugger | undefined
  #printCurl: Debugger | undefined

  /** @param isEnabled whether to print transactions, whatever `DEBUG` is; `false` also disables `lxdapi:curl` */
  constructor(isEnabled?: boolean) {
    this.#isForced = isEnabled
  }

  /**
   * Whether {@link load} has to come before anything can be printed: importing `debug` takes longer than all of this
   * library (`npm run bench -- import-time`). `debug.enable()` sets `DEBUG`, too.
   */
  get isToLoad(): boolean {
    return this.#print === undefined && (this.#isForced ?? Boolean(process.env['DEBUG']))
  }

  /** Loads `debug`. */
  load(): Promise<void> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  get isEnabled(): boolean {
    return this.#print?.enabled ?? false
  }

  get isCurlEnabled(): boolean {
    return this.#printCurl?.enabled ?? false
  }

  sent(request: APIRequest, transport: Transport): void {
    printSafely(this.#printCurl, request, () => formatCurl(request, transport))
  }

  answered(answer: APIAnswer): void {
    const { request, response } = answer
    printSafely(
      this.#print,
      request,
      () => `${formatRequest(request)} HTTP/${response.statusCode}${formatAnswer(answer)}`,
    )
  }

  noted(request: APIRequest, describe: () => string): void {
    printSafely(this.#print, request, () => `${formatRequest(request)} ${redactText(describe())}`)
  }

  failed(request: APIRequest, error: unknown): void {
    printSafely(this.#print, request, () => {
      // The message of our exceptions begins with the request, which is already printed.
      const words = isError(error) && 'error' in error ? error.error : error
      return `${formatRequest(request)} failed: ${redactText(String(words))}`
    })
  }

  async #load(): Promise<void> {
    const { default: createDebug } = await import('debug')
    this.#printCurl = createDebug('lxdapi:curl')
    this.#print = createDebug('lxdapi')
    if (this.#isForced !== undefined) this.#print.enabled = this.#isForced
  }
}

/** Prints a transaction; if that fails, a note instead: a call never fails because of its trace. */
function printSafely(print: Debugger | undefined, request: APIRequest, format: () => string): void {
  if (print === undefined) return
  try {
    print('%s', format())
  } catch (error) {
    const [path = ''] = request.path.split('?', 1)
    const trace = `${request.method} ${request.origin}${path} (the trace could not be made: ${nameOf(error)})`
    try {
      print('%s', trace)
    } catch {
      process.emitWarning(`lxdapi: ${trace}`)
    }
  }
}

// The message may quote a secret.
function nameOf(error: unknown): string {
  return isError(error) ? error.name : typeof error
}

function formatRequest(request: APIRequest): string {
  if (request.body === undefined) return String(request)
  return `${request}\n${request.isJson ? formatJson(request.body) : describeBody(request.body)}`
}

function formatAnswer({ data, body, response }: APIAnswer): string {
  if (body !== undefined) return `\n<${response.headers['content-type'] ?? 'bytes'}>`
  return data === undefined ? '' : `\n${typeof data === 'string' ? redactText(data) : formatJson(data)}`
}

function formatJson(document: unknown): string {
  return JSON.stringify(redact(document), null, '\t')
}
