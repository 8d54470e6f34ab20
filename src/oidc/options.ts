import type { OidcTokens } from './tokens.ts'

/** Options of a log-in by OpenID Connect. */
export interface OidcOptions {
  /**
   * Called when a user has to log in: show the URL and the code. The calls wait until the user has logged in, or the code
   * has expired. Without it, only the tokens in the store are used and refreshed.
   */
  readonly onCode?: (code: OidcCode) => void | Promise<void>
  /** Where the tokens are kept; by default in memory, so that each process has to log in. */
  readonly store?: OidcStore
  /** Certificate authorities of the issuer that replace the system's, PEM or the path of a PEM file. */
  readonly ca?: string | Uint8Array
}

/** What a user needs to log in with a browser, on any machine. */
export interface OidcCode {
  /** The page to open; in most cases it already has the code. */
  readonly url: string
  /** The code to enter there, or to compare. */
  readonly code: string
  /** When the code expires. */
  readonly expires: Date
}

/** Where tokens are kept; {@link oidcTokenFile} is one. */
export interface OidcStore {
  /** Reads the tokens; `undefined` if there are none. */
  read(): Promise<OidcTokens | undefined>
  /** Keeps new tokens in place of the others. */
  write(tokens: OidcTokens): Promise<void>
}

/** A store in memory. */
export function createMemoryStore(): OidcStore {
  let kept: OidcTokens | undefined
  return {
    read: async () => kept,
    write: async tokens => {
      kept = tokens
    },
  }
}
