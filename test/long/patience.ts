import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

// However long a loaded machine takes; what takes longer never ends.
const PATIENCE_MS = 60_000

/** Comes back when a condition holds, and fails where it never does: a test that waits for ever tells nothing. */
export async function untilTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await delay(20)) {
    if (await condition()) return
  }
  assert.fail(`never came true: ${condition}`)
}

/** Settles as a promise does, and fails where that never does; `what` is for the message. */
export async function untilSettled<T>(promise: Promise<T>, what: string): Promise<T> {
  const controller = new AbortController()
  const alarm = delay(PATIENCE_MS, undefined, { signal: controller.signal }).then(
    () => assert.fail(`${what}: it never ended`),
    () => promise,
  )
  try {
    return await Promise.race([promise, alarm])
  } finally {
    controller.abort()
  }
}
