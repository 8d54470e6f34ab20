import { redact } from './redact.ts'
import { type APIRequest, redactHeaders } from './request.ts'
import type { Transport } from './transport.ts'

/** The request as a `curl` command to paste into a shell; where a secret or a stream was, it has to be filled in. */
export function formatCurl(request: APIRequest, { socketPath, origin }: Transport): string {
  return [
    'curl',
    ...(socketPath === undefined
      ? (TLS[origin.split(':', 1)[0] ?? ''] ?? [])
      : ['--unix-socket', quote(socketPath)]),
    ...formatMethod(request.method),
    ...Object.entries(redactHeaders(request.headers)).flatMap(([name, value]) => [
      '-H',
      quote(`${name}: ${value}`),
    ]),
    ...formatData(request),
    quote((socketPath === undefined ? origin : 'http://localhost') + request.redactedPath),
  ].join(' ')
}

// Which files the certificates are in, nobody has told us.
const TLS: Readonly<Record<string, readonly string[]>> = {
  https: ['--cert', 'client.crt', '--key', 'client.key', '--cacert', 'server.crt'],
}

function formatMethod(method: string): readonly string[] {
  if (method === 'GET') return []
  return method === 'HEAD' ? ['--head'] : ['-X', method]
}

function formatData({ body, isJson }: APIRequest): readonly string[] {
  if (body === undefined) return []
  return isJson ? ['--data', quote(JSON.stringify(redact(body)))] : ['--data-binary', '@-']
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
