import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { tearDown, tearDownSync } from './tear-down.ts'
import { createFolderWithOwner, orphanedFolders } from './temp-folder.ts'

const owned = new Set<string>()
let guard: ChildProcess | undefined

function cleanUp(): void {
  const dirs = [...owned]
  owned.clear()
  if (dirs.length > 0) tearDownSync(dirs)
  guard?.kill()
}

function endBySignal(signal: NodeJS.Signals): void {
  cleanUp()
  // Other listeners decide whether the process exits; without any, the signal's default applies.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

// Its stdin closes when this process exits, even if it is killed.
function startGuard(): ChildProcess {
  const clean = [
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(new URL('clean-orphans.ts', import.meta.url)),
  ]
  const cwd = new URL('../..', import.meta.url)
  const child = spawn('sh', ['-c', 'read _ || exec "$@"', 'lxdapi-guard', ...clean], {
    cwd,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell, the next run cleans up.
  child.on('error', () => {})
  child.unref()
  // Safe cast: a pipe to a child process is a socket.
  ;(child.stdin as unknown as import('node:net').Socket).unref()
  return child
}

function listen(): void {
  process.once('exit', cleanUp)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, endBySignal)
}

/** Creates a temporary folder that is removed, with all processes of its daemons, whenever this process ends. */
export function createTempFolder(): string {
  if (guard === undefined) listen()
  guard ??= startGuard()
  const dir = createFolderWithOwner()
  owned.add(dir)
  return dir
}

/** Tears down folders of this process before it exits. */
export async function tearDownFolders(dirs: readonly string[]): Promise<void> {
  const ours = dirs.filter(dir => owned.has(dir))
  if (ours.length > 0) await tearDown(ours)
  for (const dir of ours) owned.delete(dir)
}

/** Tears down the folders of killed runs. */
export async function cleanOrphans(): Promise<void> {
  const dirs = orphanedFolders()
  if (dirs.length > 0) await tearDown(dirs)
}
