import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A server in a separate process, so that its CPU time is not measured. */
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
