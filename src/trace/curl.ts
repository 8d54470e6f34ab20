import type { Transport } from '../connection/transport.ts'
import { redact } from '../redact/redact.ts'
import { type APIRequest, redactHeaders } from '../request/request.ts'
import { formatTlsOptions } from './curl-tls-options.ts'

/** Formats a request as a `curl` command for a shell; secrets and streams have to be filled in. */
export function formatCurl(request: APIRequest, { socketPath, httpOrigin, tls }: Transport): string {
  return [
    'curl',
    ...(socketPath === undefined ? [] : ['--unix-socket', quote(socketPath)]),
    ...(tls === undefined ? [] : formatTlsOptions(tls).map(quoteWhereNeeded)),
    ...formatMethod(request.method),
    ...formatHeaders(request),
    ...formatData(request),
    quote(httpOrigin + request.redactedPath),
  ].join(' ')
}

function formatMethod(method: string): readonly string[] {
  if (method === 'GET') return []
  return method === 'HEAD' ? ['--head'] : ['-X', method]
}

function formatHeaders({ headers, body, isJson }: APIRequest): readonly string[] {
  const shown = Object.entries(redactHeaders(headers))
  // With a semicolon curl sends an empty header, with a colon it omits the header.
  const lines = shown.map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`))
  const hasType = shown.some(([name]) => name.toLowerCase() === 'content-type')
  // Otherwise curl sends the content type of a form.
  if (body !== undefined && !isJson && !hasType) lines.push('Content-Type:')
  return lines.flatMap(line => ['-H', quote(line)])
}

function formatData({ body, isJson }: APIRequest): readonly string[] {
  if (body === undefined) return []
  return isJson ? ['--data', quote(JSON.stringify(redact(body)))] : ['--data-binary', '@-']
}

function quoteWhereNeeded(text: string): string {
  return /^[\w./+=-]+$/.test(text) ? text : quote(text)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
