import { once } from 'node:events'
import { createServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Certificate } from '../daemon/certificate.ts'
import { type Answer, listen, type Received, type Reply, receive, send, until } from './server.ts'

/** The HTTPS server of one test. */
export interface TlsServer {
  /** `https://127.0.0.1:port` */
  readonly baseUrl: string
  readonly received: readonly Received[]
  /** The fingerprint of the client certificate of each connection; '' without one. */
  readonly clients: readonly string[]
  /** Changes the certificate, and closes all connections. */
  setCertificate(certificate: Certificate): void
}

/** Starts an HTTPS server that records its requests, and accepts any client certificate. */
export async function serveTls(
  t: TestContext,
  certificate: Certificate,
  answer: Reply | Answer,
): Promise<TlsServer> {
  const received: Received[] = []
  const clients: string[] = []
  const { cert, key } = certificate
  const server = createServer(
    { cert, key, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      const arrived = await receive(request)
      if (arrived === undefined) return
      received.push(arrived)
      const reply = typeof answer === 'function' ? answer(arrived, response) : answer
      if (reply !== undefined) send(response, reply)
    },
  )
  server.on('secureConnection', (socket: TLSSocket) =>
    clients.push(socket.getPeerX509Certificate()?.fingerprint256 ?? ''),
  )
  const setCertificate = ({ cert, key }: Certificate): void => {
    server.setSecureContext({ cert, key })
    server.closeAllConnections()
  }
  const origin = await listen(t, server)
  return { baseUrl: origin.replace('http', 'https'), received, clients, setCertificate }
}

/** A man in the middle with his own certificate, who records what he receives. */
export interface Eavesdropper {
  readonly baseUrl: string
  /** Resolves with the number of connections, once all of them are closed. */
  connections(): Promise<number>
  /** Returns what was received, decrypted. */
  heard(): string
}

/** Starts a TLS server that sends nothing, and closes each connection that sends something. */
export async function eavesdrop(t: TestContext, { cert, key }: Certificate): Promise<Eavesdropper> {
  const chunks: Buffer[] = []
  let [opened, closed] = [0, 0]
  const server = createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false }, socket => {
    socket.on('error', () => {})
    socket.on('data', chunk => {
      chunks.push(chunk)
      // So that no client waits for an answer.
      socket.destroy()
    })
  })
  server.on('connection', socket => {
    opened++
    socket.on('close', () => closed++)
  })
  server.on('tlsClientError', () => {})
  const origin = await listen(t, server)
  const connections = async (): Promise<number> => {
    await until(() => closed === opened)
    return opened
  }
  return {
    baseUrl: origin.replace('http', 'https'),
    connections,
    heard: () => Buffer.concat(chunks).toString(),
  }
}

/** The proxy of one test. */
export interface Proxy {
  readonly url: string
  /** `host:port` of each requested tunnel. */
  readonly tunnels: readonly string[]
  /** The `Proxy-Authorization` of each tunnel. */
  readonly credentials: readonly string[]
}

/** Starts an HTTP proxy whose tunnels all lead to one server, whatever the requested host. */
export async function serveProxy(t: TestContext, target: string, status = 200): Promise<Proxy> {
  const tunnels: string[] = []
  const credentials: string[] = []
  const server = createTcpServer(async (client: Socket) => {
    client.on('error', () => {})
    const [head] = await once(client, 'data')
    tunnels.push(/^CONNECT (\S+)/.exec(String(head))?.[1] ?? String(head))
    credentials.push(/^proxy-authorization: (.*)$/im.exec(String(head))?.[1] ?? '')
    client.write(`HTTP/1.1 ${status} Whatever\r\n\r\n`)
    if (status !== 200) return void client.end()
    const far = connect(Number(new URL(target).port), '127.0.0.1')
    far.on('error', () => client.destroy())
    client.on('close', () => far.destroy())
    client.pipe(far).pipe(client)
  })
  await listen(t, server)
  // Safe cast: it listens on a port.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, credentials }
}
