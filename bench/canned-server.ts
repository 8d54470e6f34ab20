import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A server in a process of its own, so that what it costs is not counted. */
export interface CannedServer extends AsyncDisposable {
  readonly socketPath: string
}

/** Starts a server that answers everything with a real instance document. */
export async function startCannedServer(): Promise<CannedServer> {
  const child = fork(new URL('canned-server-job.js', import.meta.url))
  const [socketPath] = await once(child, 'message')
  return {
    socketPath: String(socketPath),
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
