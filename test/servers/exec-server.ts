import type { TestContext } from 'node:test'
import { type Answer, type Reply, sync } from './server.ts'
import { type Peer, servePeers } from './websocket-peer.ts'

const URL = '/1.0/operations/1'
const FDS = { 0: 'stdin', 1: 'stdout', 2: 'stderr', control: 'control' }

/** Returns the answer to a call that starts a command. */
export function startedCommand(): Reply {
  const metadata = { id: '1', class: 'websocket', status_code: 103, metadata: { fds: FDS } }
  return { status: 202, json: { type: 'async', status_code: 100, operation: URL, metadata } }
}

/** An operation that has ended. */
export const ENDED = { id: '1', class: 'websocket', status: 'Success', status_code: 200 }

/** Returns the operation of a command that has ended. */
export function ended(exitCode: number): Reply {
  return sync({ ...ENDED, metadata: { return: exitCode } })
}

/** Returns the name of a websocket; that of a terminal is `stdin`. */
export function nameOf({ request }: Peer): string | null {
  return new URLSearchParams(request.url?.split('?')[1]).get('secret')
}

/** Starts a server with a command that runs until `finish` is called; `onPeer` is called for each of its websockets. */
export async function serveCommand(
  t: TestContext,
  onPeer?: (peer: Peer, finish: (reply: Reply) => void) => void,
) {
  let finish: (reply: Reply) => void = () => {}
  const end = new Promise<Reply>(resolve => {
    finish = resolve
  })
  const answer: Answer = ({ method }, response) => {
    if (method === 'POST') return startedCommand()
    void end.then(({ json }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    })
    return undefined
  }
  const served = await servePeers(t, peer => onPeer?.(peer, reply => finish(reply)), answer)
  return { ...served, finish: (reply: Reply) => finish(reply) }
}
