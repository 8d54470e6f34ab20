import { APIException } from '../../errors/exceptions.ts'

/** Cleans up after a failure, which is what the caller has to hear of, whether or not the server can be cleaned. */
export async function cleanUpAfter(failure: unknown, cleanUp: () => Promise<unknown>): Promise<unknown> {
  try {
    await cleanUp()
  } catch (error) {
    // One that can't be reached any more, or refuses, can't be cleaned.
    if (!(error instanceof APIException)) throw error
  }
  return failure
}
