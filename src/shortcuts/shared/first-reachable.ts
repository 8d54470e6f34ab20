import { isRefusal } from './retry.ts'

// The messages of Go, which the servers pass on.
const UNREACHABLE =
  /unable to connect|failed to connect|dial tcp|no route to host|i\/o timeout|connection refused/i

/** Tries alternatives in turn, as long as they fail because a server is unreachable. */
export async function firstReachable<Option>(
  options: readonly Option[],
  go: (option: Option) => Promise<unknown>,
): Promise<void> {
  for (const [index, option] of options.entries()) {
    try {
      await go(option)
      return
    } catch (error) {
      const isLast = index === options.length - 1
      if (isLast || !isRefusal(error) || !UNREACHABLE.test(error.error)) throw error
    }
  }
}
