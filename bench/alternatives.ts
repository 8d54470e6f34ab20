import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Dispatcher, Pool, request } from 'undici'

// Alternatives to this library; like it, each keeps its connections alive.

/** Reads the document of an instance. */
export type Read = () => Promise<unknown>

/** `undici.request()` at its fastest: with a dispatcher, so without a lookup by origin. */
export function undiciRequest(socketPath: string, name: string): Read {
  const dispatcher = openPool(socketPath)
  return async () => {
    const { body } = await request(`http://localhost/1.0/instances/${name}`, { dispatcher })
    return body.json()
  }
}

/** `pool.request()`, which parses no URL. */
export function poolRequest(socketPath: string, name: string): Read {
  const pool = openPool(socketPath)
  return async () => {
    const { body } = await pool.request({ path: `/1.0/instances/${name}`, method: 'GET' })
    return body.json()
  }
}

/** The minimum of undici, to tell the overhead of the rest. */
export function bareHandler(socketPath: string, name: string): Read {
  const pool = openPool(socketPath)
  return () =>
    new Promise((resolve, reject) => {
      pool.dispatch({ path: `/1.0/instances/${name}`, method: 'GET' }, collect(resolve, reject))
    })
}

function collect(
  resolve: (data: unknown) => void,
  reject: (error: unknown) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  return {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData: (_controller, chunk) => void chunks.push(chunk),
    onResponseEnd: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
    onResponseError: (_controller, error) => reject(error),
  }
}

/** `node:http` with a keep-alive agent. */
export function nodeHttp(socketPath: string, name: string): Read {
  const agent = new Agent({ keepAlive: true })
  return () =>
    new Promise((resolve, reject) => {
      const options = { socketPath, agent, path: `/1.0/instances/${name}`, headers: { host: 'localhost' } }
      const sent = httpRequest(options, answer =>
        text(answer).then(body => resolve(JSON.parse(body)), reject),
      )
      sent.on('error', reject)
      sent.end()
    })
}

function openPool(socketPath: string): Pool {
  return new Pool('http://localhost', { connect: { socketPath } })
}
