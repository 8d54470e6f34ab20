import { subscribe, unsubscribe } from 'node:diagnostics_channel'

const CHANNEL = 'undici:request:create'

/** What was resolved with, and the transactions that this process began meanwhile: `GET /1.0/profiles/web`. */
export async function recordTransactions<T>(
  act: () => Promise<T>,
): Promise<{ value: T; transactions: readonly string[] }> {
  const transactions: string[] = []
  const record = (message: unknown) => {
    // What undici tells on this channel, by its documentation.
    const { request } = message as { request: { method: string; path: string } }
    transactions.push(`${request.method} ${request.path}`)
  }
  subscribe(CHANNEL, record)
  try {
    return { value: await act(), transactions }
  } finally {
    unsubscribe(CHANNEL, record)
  }
}
