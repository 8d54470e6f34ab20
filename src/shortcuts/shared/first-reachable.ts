import { isRefusal } from './retry.ts'

// The messages of Go, which the servers pass on.
const UNREACHABLE =
  /unable to connect|failed to connect|dial tcp|no route to host|i\/o timeout|connection refused/i

/**
 * Tries alternatives in turn, as long as they fail because a server is unreachable: by default one that another server
 * should have reached. Resolves with the first result; with `undefined` if there are no alternatives.
 */
export async function firstReachable<Option, Result>(
  options: readonly Option[],
  go: (option: Option) => Promise<Result>,
  isUnreachable: (error: unknown) => boolean = isUnreachableForServer,
): Promise<Result | undefined> {
  for (const [index, option] of options.entries()) {
    try {
      return await go(option)
    } catch (error) {
      const isLast = index === options.length - 1
      if (isLast || !isUnreachable(error)) throw error
    }
  }
  return undefined
}

function isUnreachableForServer(error: unknown): boolean {
  return isRefusal(error) && UNREACHABLE.test(error.error)
}
