import { resolveUrl } from '../request/url.ts'
import { CertificateMismatchError } from './connector.ts'
import { createTransports, type Transport, type TransportOptions } from './transport.ts'

/** The servers of one API, of which one is in use: mostly there is but one, else they are the members of a cluster. */
export class Servers {
  /** Whether others can read on the way to one of them what is sent. */
  readonly isExposed: boolean
  readonly #options: TransportOptions
  readonly #transports: readonly Transport[]
  #current: Transport
  #closing: Promise<unknown> | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#transports = createTransports(options)
    this.isExposed = this.#transports.some(({ isExposed }) => isExposed)
    // True: there is no list of targets that is empty.
    this.#current = this.#transports[0] as Transport
  }

  /** The one in use. */
  get current(): Transport {
    return this.#current
  }

  /** Puts the next one in use that is not among those tried, unless somebody has already done so; `undefined` where all were. */
  takeOver(tried: readonly Transport[]): Transport | undefined {
    if (tried.includes(this.#current)) this.#current = this.#after(tried) ?? this.#current
    return tried.includes(this.#current) ? undefined : this.#current
  }

  /** Path and query of a URL on one of them; see {@link resolveUrl}. */
  resolve(url: string | URL): ReturnType<typeof resolveUrl> {
    const text = String(url)
    const owner = this.#transports.find(({ origin }) => text.startsWith(`${origin}/`))
    return resolveUrl(url, (owner ?? this.#current).origin)
  }

  /** The same servers, taken for themselves only where they show the certificate with this fingerprint. */
  pinnedTo(fingerprint: string): Servers {
    const { tls } = this.#current
    if (tls?.server.kind === 'pin' && tls.server.fingerprint !== fingerprint)
      throw new CertificateMismatchError(tls.server.fingerprint, fingerprint)
    const pin = { serverCert: undefined, ca: undefined, insecure: undefined, fingerprint }
    return new Servers({ ...this.#options, ...pin })
  }

  /** Closes the connections to all of them once the calls under way are answered. */
  async close(): Promise<void> {
    // undici takes a second close() for a mistake; here it may well be that of an `await using`.
    this.#closing ??= Promise.all(this.#transports.map(({ dispatcher }) => dispatcher.close()))
    await this.#closing
  }

  // The next in the order of the list, from the one in use on.
  #after(tried: readonly Transport[]): Transport | undefined {
    const index = this.#transports.indexOf(this.#current)
    const next = [...this.#transports.slice(index + 1), ...this.#transports.slice(0, index)]
    return next.find(transport => !tried.includes(transport))
  }
}
