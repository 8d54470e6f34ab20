import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { walkTree } from '../../../src/shortcuts/shared/walk-tree.ts'

test('walkTree() handles each item of any tree once, and at most eight at a time', async () => {
  await fc.assert(
    // The parent of each item but the first, as one of those before it.
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 100 }), async parents => {
      const handled = new Set<number>()
      let active = 0
      await walkTree(0, async item => {
        active++
        assert.ok(active <= 8 && !handled.has(item))
        handled.add(item)
        await new Promise(resolve => setImmediate(resolve))
        active--
        return parents.flatMap((parent, index) => (parent % (index + 1) === item ? [index + 1] : []))
      })
      assert.equal(handled.size, parents.length + 1)
    }),
    { numRuns: 50 },
  )
})

test('walkTree() throws the first failure once all under way has ended, and begins nothing after it', async () => {
  const reason = new Error('first')
  const ended: number[] = []
  const begun: number[] = []
  const work = walkTree<number>(0, async (item, signal) => {
    begun.push(item)
    if (item === 0) return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    if (item === 11) throw reason
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
    ended.push(item)
    throw new Error('second')
  })
  await assert.rejects(work, reason)
  assert.equal(ended.length, begun.length - 2)
  assert.ok(begun.length <= 9)
})

test('walkTree() with a signal throws its reason, and begins nothing more', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  let begun = 0
  const work = walkTree<number>(
    0,
    async item => {
      begun++
      controller.abort(reason)
      return [item + 1]
    },
    controller.signal,
  )
  await assert.rejects(work, reason)
  assert.equal(begun, 1)
})
