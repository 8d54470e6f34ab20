import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTime } from './processes.ts'

// Not os.tmpdir(): a unix socket's path must be short, and every run must look in the same place.
const PARENT = '/tmp'
const PREFIX = 'lxdapi-'
const OWNER_FILE = 'owner'

/** Creates a folder with a file that names this process as its owner. */
export function createFolderWithOwner(): string {
  const dir = mkdtempSync(join(PARENT, PREFIX))
  writeFileSync(join(dir, OWNER_FILE), `${process.pid} ${startTime(process.pid)}`)
  return dir
}

// A folder without an owner file, or of another user, is not ours.
function isOrphaned(dir: string): boolean {
  try {
    const entry = lstatSync(dir)
    if (!entry.isDirectory() || entry.uid !== process.getuid?.()) return false
    const [pid, start] = readFileSync(join(dir, OWNER_FILE), 'utf8').split(' ')
    return startTime(Number(pid)) !== start
  } catch {
    return false
  }
}

/** Lists the folders whose owners exited without removing them. */
export function orphanedFolders(): string[] {
  const names = readdirSync(PARENT).filter(name => name.startsWith(PREFIX))
  return names.map(name => join(PARENT, name)).filter(isOrphaned)
}

/** Removes a folder, its owner file last, so that the next run can complete an interrupted removal. */
export function removeTempFolder(dir: string): void {
  // Another process may be removing it too.
  const options = { recursive: true, force: true, maxRetries: 3 }
  const names = existsSync(dir) ? readdirSync(dir).filter(name => name !== OWNER_FILE) : []
  for (const name of names) rmSync(join(dir, name), options)
  rmSync(dir, options)
}
