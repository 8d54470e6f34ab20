import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import { failure, serve, sync, type TestServer } from './server.ts'

/** What a client asked to be connected to. */
export interface AskedTarget {
  readonly address: string
  readonly port: number
}

/** A server with `port-forward`, as Incus 7.3 has it: its own machine stands for each instance. */
export async function servePortForward(
  t: TestContext,
): Promise<TestServer & { readonly asked: AskedTarget[]; readonly sockets: Duplex[] }> {
  const served = await serve(t, sync({ api_extensions: ['instance_port_forward'] }))
  const asked: AskedTarget[] = []
  const sockets: Duplex[] = []
  served.server.on('upgrade', async (request, client, head: Buffer) => {
    client.on('error', () => {})
    if (
      !/^\/1\.0\/instances\/[^/]+\/port-forward$/.test(request.url ?? '') ||
      request.headers.upgrade !== 'tcp'
    )
      return refuse(client, 400, 'Missing or invalid upgrade header')
    const target: AskedTarget = JSON.parse(String(await readBody(request, client, head)))
    asked.push(target)
    sockets.push(client)
    connectTo(target, client)
  })
  return { ...served, asked, sockets }
}

// Up to Node 24 the body arrives on the connection, since then as that of any other request.
async function readBody(request: IncomingMessage, client: Duplex, head: Buffer): Promise<Buffer> {
  const length = Number(request.headers['content-length'])
  let body = head
  while (body.length < length) {
    const chunk: Buffer | null = client.read() ?? request.read()
    if (chunk === null) await Promise.race([once(request, 'readable'), once(client, 'readable')])
    else body = Buffer.concat([body, chunk])
  }
  return body
}

function connectTo({ address, port }: AskedTarget, client: Duplex): void {
  const remote: Socket = connect({ host: address, port, allowHalfOpen: true })
  remote.once('error', ({ message }) => {
    const reason = message.includes('ECONNREFUSED') ? 'connect: connection refused' : message
    const error = `Failed getting instance port forward connection: Failed to run forknet connect: exit status 1: ${reason}`
    if (remote.connecting || remote.readyState === 'closed') refuse(client, 500, error)
  })
  remote.once('connect', () => {
    client.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n')
    client.pipe(remote).pipe(client)
    // Incus closes both connections when either ends.
    client.once('end', () => remote.destroy())
    client.once('close', () => remote.destroy())
    remote.once('close', () => client.end())
  })
}

function refuse(client: Duplex, status: number, error: string): void {
  const body = JSON.stringify(failure(status, error).json)
  const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  client.end(head + body)
}
