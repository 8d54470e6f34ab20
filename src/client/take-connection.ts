import type { Duplex } from 'node:stream'
import { type Answer, UpgradedAnswer } from '../answer/answer.ts'
import type { Upgrade } from '../request/call.ts'

/**
 * The answer with the connection that the server upgraded.
 *
 * @throws {Error} it upgraded none, or to something else
 */
export function takeConnection(
  { protocol, check }: Upgrade,
  answer: Answer,
  connection: Duplex | undefined,
): UpgradedAnswer {
  const { response, body } = answer
  // It is not what was asked for, and there may be no end to it.
  body?.destroy()
  if (connection === undefined)
    throw new Error(
      `The server answered HTTP ${response.statusCode}, but did not upgrade the connection to ${protocol}`,
    )
  try {
    check?.(response)
    return new UpgradedAnswer(answer, connection)
  } catch (error) {
    connection.destroy()
    throw error
  }
}
