import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// The kernel escapes blanks and other special characters of a path as octal numbers.
function unescapeOctal(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Returns the mount points below a folder, innermost first. */
export function mountsUnder(dir: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const points = lines.map(line => unescapeOctal(line.split(' ')[4] ?? ''))
  return points.filter(point => point.startsWith(`${dir}/`)).reverse()
}

/** Unmounts everything below a folder, even if it is in use. */
export function unmountUnder(dir: string): void {
  const points = mountsUnder(dir)
  if (points.length > 0) spawnSync('umount', ['-l', ...points], { stdio: 'ignore' })
}
