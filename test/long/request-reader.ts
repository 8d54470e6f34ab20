/** A request as a recording knows it. */
export interface ReadRequest {
  /** `METHOD path`; without the parameter `timeout`, which depends on the time. */
  readonly key: string
  /** The `Sec-WebSocket-Key`; `undefined` where it asks for no websocket. */
  readonly websocketKey: string | undefined
}

const END_OF_HEAD = '\r\n\r\n'
const END_OF_CHUNKS = '0\r\n\r\n'

/** Finds the requests in what a client sends over one connection; tells of each once all of it has arrived. */
export class RequestReader {
  #unread = ''
  #isUpgraded = false

  /** Takes what has arrived; returns the requests that are complete with it. */
  read(chunk: Buffer): ReadRequest[] {
    // What follows an upgrade is no request.
    if (this.#isUpgraded) return []
    this.#unread += chunk.toString('latin1')
    const requests: ReadRequest[] = []
    for (let end = this.#endOfRequest(); end !== undefined; end = this.#endOfRequest()) {
      requests.push(this.#describe(this.#unread.slice(0, end)))
      this.#unread = this.#unread.slice(end)
    }
    return requests
  }

  #endOfRequest(): number | undefined {
    const end = this.#unread.indexOf(END_OF_HEAD)
    if (end < 0) return undefined
    const start = end + END_OF_HEAD.length
    const head = this.#unread.slice(0, end)
    if (headerOf(head, 'transfer-encoding') === 'chunked') {
      const last = this.#unread.indexOf(END_OF_CHUNKS, start)
      return last < 0 ? undefined : last + END_OF_CHUNKS.length
    }
    const whole = start + Number(headerOf(head, 'content-length') ?? 0)
    return this.#unread.length < whole ? undefined : whole
  }

  #describe(request: string): ReadRequest {
    const [method, path = ''] = request.split(' ', 2)
    const url = new URL(path, 'http://server')
    url.searchParams.delete('timeout')
    const websocketKey = headerOf(request, 'sec-websocket-key')
    this.#isUpgraded = headerOf(request, 'upgrade') !== undefined
    return { key: `${method} ${url.pathname}${url.search}`, websocketKey }
  }
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\r?$`, 'im').exec(head)?.[1]
}
