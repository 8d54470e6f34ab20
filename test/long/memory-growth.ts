const INTERVAL_MS = 5

/** Watches by how many bytes this process grows at the most; returns a function that ends this, and returns the number. */
export function watchGrowth(): () => number {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, INTERVAL_MS)
  return () => {
    clearInterval(watch)
    return most - before
  }
}
