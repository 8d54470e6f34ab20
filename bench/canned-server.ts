import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server in a process of its own, so that what it costs is not counted; `[Symbol.asyncDispose]` ends it. */
export interface CannedServer extends AsyncDisposable {
  readonly socketPath: string
}

/** Starts a server that answers everything with a real instance document. */
export async function startCannedServer(): Promise<CannedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lxdapi-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const socketPath = join(folder, 'unix.socket')
  // Both run as compiled JavaScript, where this file's neighbour has the extension that this one has.
  const extension = import.meta.url.slice(-3)
  const child = fork(new URL(`serve${extension}`, import.meta.url), [socketPath])
  await once(child, 'message')
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
