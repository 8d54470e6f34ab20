import { resolveUrl } from '../request/url.ts'
import { CertificateMismatchError } from './connector.ts'
import { createTransports, type InternalOptions, type Transport } from './transport.ts'

/** The server of one API, or the members of a cluster, one of which is in use. */
export class Members {
  /** Whether traffic to one of them crosses the network unencrypted. */
  readonly isExposed: boolean
  readonly #options: InternalOptions
  readonly #transports: readonly Transport[]
  #current: Transport
  #closing: Promise<unknown> | undefined

  constructor(options: InternalOptions) {
    this.#options = options
    this.#transports = createTransports(options)
    this.isExposed = this.#transports.some(({ isExposed }) => isExposed)
    // Safe cast: readTargets() rejects an empty list.
    this.#current = this.#transports[0] as Transport
  }

  /** The member in use. */
  get current(): Transport {
    return this.#current
  }

  /** Switches to the next member that was not tried, unless another call already did; `undefined` if all were tried. */
  failOver(tried: readonly Transport[]): Transport | undefined {
    if (tried.includes(this.#current)) this.#current = this.#after(tried) ?? this.#current
    return tried.includes(this.#current) ? undefined : this.#current
  }

  /** Returns path and query of a URL on one of the members; see {@link resolveUrl}. */
  resolve(url: string | URL): ReturnType<typeof resolveUrl> {
    const text = String(url)
    const owner = this.#transports.find(({ origin }) => text.startsWith(`${origin}/`))
    return resolveUrl(url, (owner ?? this.#current).origin)
  }

  /**
   * Returns the same members with another check: each must present the certificate with this fingerprint.
   *
   * @throws {CertificateMismatchError} another certificate is already pinned
   */
  pinnedTo(fingerprint: string): Members {
    const { tls } = this.#current
    if (tls?.server.kind === 'pin' && tls.server.fingerprint !== fingerprint)
      throw new CertificateMismatchError(tls.server.fingerprint, fingerprint)
    const pin = { serverCert: undefined, ca: undefined, insecure: undefined, fingerprint }
    return new Members({ ...this.#options, ...pin })
  }

  /** Closes all connections once the pending calls are answered. */
  async close(): Promise<void> {
    // undici rejects a second close(); here it may be that of an `await using`.
    this.#closing ??= Promise.all(this.#transports.map(({ dispatcher }) => dispatcher.close()))
    await this.#closing
  }

  #after(tried: readonly Transport[]): Transport | undefined {
    const index = this.#transports.indexOf(this.#current)
    const next = [...this.#transports.slice(index + 1), ...this.#transports.slice(0, index)]
    return next.find(transport => !tried.includes(transport))
  }
}
