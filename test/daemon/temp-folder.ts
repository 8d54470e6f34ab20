import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTime } from './processes.ts'

// Not os.tmpdir(): a unix socket's path must be short, and every run must look in the same place.
const parent = '/tmp'
const prefix = 'lxdapi-'
const ownerFile = 'owner'

/** Makes a folder that names this process as its owner. */
export function makeTempFolder(): string {
  const dir = mkdtempSync(join(parent, prefix))
  writeFileSync(join(dir, ownerFile), `${process.pid} ${startTime(process.pid)}`)
  return dir
}

// A folder without the file is not one of ours, whatever its name, nor is another user's.
function isOrphaned(dir: string): boolean {
  try {
    const entry = lstatSync(dir)
    if (!entry.isDirectory() || entry.uid !== process.getuid?.()) return false
    const [pid, start] = readFileSync(join(dir, ownerFile), 'utf8').split(' ')
    return startTime(Number(pid)) !== start
  } catch {
    return false
  }
}

/** The folders whose owners ended without removing them. */
export function orphanedFolders(): string[] {
  const names = readdirSync(parent).filter(name => name.startsWith(prefix))
  return names.map(name => join(parent, name)).filter(isOrphaned)
}

/** Removes a folder, the mark of its owner last: an interrupted removal can still be found and ended. */
export function removeTempFolder(dir: string): void {
  // Somebody else may be at it too.
  const options = { recursive: true, force: true, maxRetries: 3 }
  const names = existsSync(dir) ? readdirSync(dir).filter(name => name !== ownerFile) : []
  for (const name of names) rmSync(join(dir, name), options)
  rmSync(dir, options)
}
