import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadline } from '../../src/common/deadline.ts'

test('turn() gives whole seconds, of the rest of the time or of the longest turn', () => {
  assert.equal(new Deadline({}).turn(30), 30)
  assert.equal(new Deadline({ timeout: 90 }).turn(30), 30)
  assert.equal(new Deadline({ timeout: 1.5 }).turn(30), 2)
  assert.equal(new Deadline({ timeout: 0 }).turn(30), 0)
})

test('isOver tells of the time, which may be none at all', () => {
  assert.ok(new Deadline({ timeout: 0 }).isOver)
  assert.ok(!new Deadline({ timeout: 60 }).isOver)
  assert.ok(!new Deadline({}).isOver)
})

test('a time beyond what a timer can hold does not end at once', async () => {
  for (const timeout of [1e7, 1e12, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    const deadline = new Deadline({ timeout })
    await deadline.pause(5)
    assert.ok(!deadline.signal?.aborted)
  }
})

test('pause() rejects with the reason of the signal, and that is no expiry', async () => {
  const controller = new AbortController()
  const deadline = new Deadline({ timeout: 60, signal: controller.signal })
  const reason = new Error('enough')
  const pause = deadline.pause(60_000)
  controller.abort(reason)
  await assert.rejects(pause, reason)
  assert.ok(!deadline.isExpiry(reason))
})

test('pause() ends with the time, and isExpiry() knows that end from any other', async () => {
  const deadline = new Deadline({ timeout: 0.001 })
  // The clock of the time keeps no process alive.
  const error = await deadline.pause(60_000).catch(reason => reason)
  assert.ok(deadline.isExpiry(error))
  assert.ok(!deadline.isExpiry(new Error('another')))
})
