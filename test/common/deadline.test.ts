import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadline } from '../../src/common/deadline.ts'

test('remainingSeconds() gives whole seconds, at most those asked for', () => {
  assert.equal(new Deadline({}).remainingSeconds(30), 30)
  assert.equal(new Deadline({ timeout: 90 }).remainingSeconds(30), 30)
  assert.equal(new Deadline({ timeout: 1.5 }).remainingSeconds(30), 2)
  assert.equal(new Deadline({ timeout: 0 }).remainingSeconds(30), 0)
})

test('isExpired is true once the timeout has passed, and never without one', () => {
  assert.ok(new Deadline({ timeout: 0 }).isExpired)
  assert.ok(!new Deadline({ timeout: 60 }).isExpired)
  assert.ok(!new Deadline({}).isExpired)
})

test('a time beyond what a timer can hold does not end at once', async () => {
  for (const timeout of [1e7, 1e12, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    const deadline = new Deadline({ timeout })
    await deadline.sleep(5)
    assert.ok(!deadline.signal?.aborted)
  }
})

test('sleep() rejects with the reason of the signal, and that is no expiry', async () => {
  const controller = new AbortController()
  const deadline = new Deadline({ timeout: 60, signal: controller.signal })
  const reason = new Error('enough')
  const pause = deadline.sleep(60_000)
  controller.abort(reason)
  await assert.rejects(pause, reason)
  assert.ok(!deadline.isExpiry(reason))
})

test('sleep() ends with the time, and isExpiry() knows that end from any other', async () => {
  const deadline = new Deadline({ timeout: 0.001 })
  // The clock of the time keeps no process alive.
  const error = await deadline.sleep(60_000).catch(reason => reason)
  assert.ok(deadline.isExpiry(error))
  assert.ok(!deadline.isExpiry(new Error('another')))
})
