import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Connection } from '../daemon/daemon.ts'

/**
 * Sends a GET over a new connection by `node:http`, independently of this library, and resolves with the status code.
 *
 * @param timeout milliseconds without any data from the server
 * @throws {Error} the timeout expired
 */
export async function askAsSecondClient(
  { socketPath, baseUrl, cert, key }: Connection,
  path: string,
  timeout = 5000,
): Promise<number | undefined> {
  const options = { agent: false, timeout }
  const url = new URL(path, String(baseUrl ?? 'http://localhost'))
  const asked =
    url.protocol === 'https:'
      ? requestTls(url, { ...options, cert, key, rejectUnauthorized: false })
      : request(url, { ...options, socketPath })
  asked.on('timeout', () =>
    asked.destroy(new Error(`The second client was not answered within ${timeout} ms`)),
  )
  asked.end()
  // Safe cast: 'response' has the response.
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode
}
