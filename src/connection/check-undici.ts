import { Pool } from '#undici'

/** A constructor with the signature of undici's `Pool`. */
type PoolClass = new (origin: string, options: object) => object

/**
 * Checks that the package undici is itself. Bun replaces it by an imitation that ignores how connections are to be opened,
 * so that no server's identity would be checked; `imports` of our package.json avoid that, unless a bundler has lost it.
 *
 * @throws {Error} connections would not be opened by this library
 */
export function checkUndici(PoolToCheck: PoolClass = Pool): void {
  if (rejectsInvalidConnect(PoolToCheck)) return
  throw new Error(
    'The package undici is not itself here: Bun replaces it where a bundle imports "undici". ' +
      'Bundle for Bun (bun build --target=bun, esbuild --conditions=bun), or leave lxdapi out of the bundle',
  )
}

// What does not look at the option `connect` does not use it either.
function rejectsInvalidConnect(PoolToCheck: PoolClass): boolean {
  try {
    new PoolToCheck('http://localhost', { connect: 'invalid' })
    return false
  } catch {
    return true
  }
}
