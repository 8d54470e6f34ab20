import { request } from 'node:http'

/** The fields of an answer that setup needs. */
export interface Answer {
  readonly type: string
  readonly operation: string
  readonly metadata: unknown
}

function send(socketPath: string, method: string, path: string, payload: string | Buffer | undefined) {
  return new Promise<string>((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    })
    sent.on('error', reject)
    sent.end(payload)
  })
}

function metadataOf(text: string, what: string): Answer {
  const answer = JSON.parse(text)
  if (answer.type === 'error') throw new Error(`${what}: ${answer.error}`)
  const failed = answer.metadata?.status_code >= 400 ? answer.metadata : undefined
  if (failed) throw new Error(`${what}: ${failed.err}`)
  return answer
}

/**
 * Sends a request over a unix socket, waits for its operation, and resolves with the metadata.
 *
 * @throws {Error} the request or its operation failed
 */
export async function socketRequest(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const what = `${method} ${path}`
  const answer = metadataOf(await send(socketPath, method, path, payload), what)
  if (answer.type !== 'async') return answer.metadata
  const [operation = '', query = ''] = answer.operation.split('?')
  const waited = await send(socketPath, 'GET', `${operation}/wait?${query}`, undefined)
  return metadataOf(waited, what).metadata
}
