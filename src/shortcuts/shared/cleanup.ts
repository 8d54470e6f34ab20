import { APIException } from '../../errors/exceptions.ts'

/** Cleans up after a failure, and resolves with it: the caller has to hear of it, whether or not the cleanup succeeds. */
export async function cleanUpAfter(failure: unknown, cleanUp: () => Promise<unknown>): Promise<unknown> {
  try {
    await cleanUp()
  } catch (error) {
    // The server can't be reached any more, or refuses.
    if (!(error instanceof APIException)) throw error
  }
  return failure
}
