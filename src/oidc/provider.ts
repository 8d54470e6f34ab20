import type { IncomingHttpHeaders } from 'node:http'
import { isRecord } from '../common/is-record.ts'
import { APIException } from '../errors/exceptions.ts'

/** Whom a server trusts to tell its users apart. */
export interface Provider {
  /** The URL of the issuer. */
  readonly issuer: string
  /** As whom this client asks the issuer for tokens. */
  readonly clientId: string
  /** Whom the tokens are for; '' if the issuer needs not be told. */
  readonly audience: string
  readonly scopes: readonly string[]
}

// What the programs ask for if the server does not say.
const DEFAULT_SCOPES = ['openid', 'offline_access', 'email', 'profile']

/** The provider that the server named when it refused a call; `undefined` if it did not. */
export function providerIn(refusal: unknown): Provider | undefined {
  if (!(refusal instanceof APIException) || refusal.result === undefined) return undefined
  const read = (name: string): string => readHeader(refusal.result?.response.headers ?? {}, name)
  const [issuer, clientId] = [read('issuer'), read('clientid')]
  if (issuer === '' || clientId === '') return undefined
  const scopes = parseScopes(read('scopes')) ?? [...DEFAULT_SCOPES, read('groups-claim')]
  return { issuer, clientId, audience: read('audience'), scopes: scopes.filter(scope => scope !== '') }
}

function readHeader(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[`x-lxd-oidc-${name}`] ?? headers[`x-incus-oidc-${name}`] ?? '')
}

// LXD sends a list in JSON, Incus one with commas.
function parseScopes(text: string): readonly string[] | undefined {
  if (text === '') return undefined
  if (!text.startsWith('[')) return text.split(',').map(scope => scope.trim())
  try {
    const scopes: unknown = JSON.parse(text)
    return Array.isArray(scopes) && !scopes.some(isRecord) ? scopes.map(String) : undefined
  } catch {
    return undefined
  }
}
