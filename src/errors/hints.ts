import type { TlsSettings } from '../connection/connector.ts'
import type { ClientCertificate } from '../connection/tls/client-certificate.ts'
import type { APIRequest } from '../request/request.ts'
import { APIException } from './exceptions.ts'

/** A call that the server refused. */
export interface Refusal {
  readonly request: APIRequest
  /** The message of the server. */
  readonly error: string
  readonly isForbidden: boolean
  /** Whether the answer names an issuer, at which users can log in. */
  readonly namesIssuer: boolean
}

/** A hint for the end of a refusal's message, if the server's own message needs one. */
export function hintFor(refusal: Refusal, tls: TlsSettings | undefined): string | undefined {
  const advice = adviceFor(refusal, tls)
  return advice && `(${advice})`
}

/** The exception with advice after its message; anything else unchanged. */
export function addAdvice(error: unknown, advice: string): unknown {
  return error instanceof APIException ? error.withNotes(`(${advice})`) : error
}

function adviceFor(
  { request, error, isForbidden, namesIssuer }: Refusal,
  tls: TlsSettings | undefined,
): string | undefined {
  if (/HTTP request to an HTTPS server/.test(error)) return 'begin baseUrl with https://'
  if (tls === undefined || !isForbidden) return undefined
  // Sent by trust(), which adds advice of its own.
  if (request.method === 'POST' && request.path.startsWith('/1.0/certificates')) return undefined
  if ('authorization' in request.headers) return 'does the server accept this token?'
  if (tls.client !== undefined) return howToBeTrusted(tls.client)
  return namesIssuer ? 'users log in by OIDC: API.factory({ oidc: { onCode } })' : whereToPut(tls)
}

function whereToPut({ searchedFolders }: TlsSettings): string {
  const places = searchedFolders.length === 0 ? '' : `; there is none in ${searchedFolders.join(', ')}`
  return `this client has no certificate: pass cert and key${places}`
}

function howToBeTrusted({ certificate, cert }: ClientCertificate): string {
  const file = cert.path === undefined ? '' : ` ${cert.path}`
  if (Date.parse(certificate.validTo) < Date.now())
    return `the client's certificate${file} expired on ${certificate.validTo}: make a new one and enrol it`
  return `if isTrusted(api) is false, trust(api, { token }) makes the server trust this client's certificate${file}`
}
