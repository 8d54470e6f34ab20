/** Runs something; resolves with how many milliseconds it took. */
export async function clock(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
