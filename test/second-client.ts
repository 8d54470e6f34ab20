import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { FactoryOptions } from '../src/index.ts'

const TIMEOUT_MS = 5000

/**
 * Sends a GET over a new connection by `node:http`, as a client that knows nothing of this library, and resolves with the
 * status code.
 *
 * @throws {Error} nothing was answered within 5 s
 */
export async function askAsSecondClient(
  { socketPath, baseUrl, cert, key }: FactoryOptions,
  path: string,
): Promise<number | undefined> {
  const options = { agent: false, timeout: TIMEOUT_MS }
  const url = new URL(path, String(baseUrl ?? 'http://localhost'))
  const asked =
    url.protocol === 'https:'
      ? requestTls(url, { ...options, cert, key, rejectUnauthorized: false } as object)
      : request(url, { ...options, socketPath })
  asked.on('timeout', () => asked.destroy(new Error('The second client was not answered within 5 s')))
  asked.end()
  // Safe cast: 'response' has the response.
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}
