import type { TlsSettings } from '../connection/connector.ts'
import type { ClientCertificate } from '../connection/tls/client-certificate.ts'
import { APIException, APIForbiddenException } from './exceptions.ts'

/** Adds to the message of an exception what to do about it, where the server's words don't tell. */
export function advise(error: unknown, tls: TlsSettings | undefined): unknown {
  if (!(error instanceof APIException)) return error
  const advice = adviceFor(error, tls)
  return advice === undefined ? error : addAdvice(error, advice)
}

/** Adds something to the message of an exception. */
export function addAdvice<T extends Error>(error: T, advice: string): T {
  const { message, stack } = error
  error.message = `${message} (${advice})`
  // V8 has copied the message into the stack.
  error.stack = stack?.replace(message, () => error.message)
  return error
}

function adviceFor(exception: APIException, tls: TlsSettings | undefined): string | undefined {
  if (/HTTP request to an HTTPS server/.test(exception.error)) return 'begin baseUrl with https://'
  if (tls === undefined || !(exception instanceof APIForbiddenException)) return undefined
  // What trust() sends, which has an advice of its own.
  if (exception.request.method === 'POST' && exception.request.path.startsWith('/1.0/certificates'))
    return undefined
  if ('authorization' in exception.request.headers) return 'does the server accept this token?'
  return tls.client === undefined ? whereToPut(tls) : howToBeTrusted(tls.client)
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
