import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedTask } from '../../src/common/shared-task.ts'

/** A task that ends when it is told to, or when it is aborted. */
function createTask() {
  const runs: { readonly signal: AbortSignal; readonly resolve: (value: string) => void }[] = []
  const start = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      runs.push({ signal, resolve })
    })
  return { task: new SharedTask<string>(), start, runs }
}

test('a shared task runs once for all that wait at the same time, and again for whoever comes later', async () => {
  const { task, start, runs } = createTask()
  const waiting = Promise.all([task.wait(start, []), task.wait(start, [])])
  runs[0]?.resolve('done')
  assert.deepEqual(await waiting, ['done', 'done'])
  const later = task.wait(start, [])
  runs[1]?.resolve('done again')
  assert.equal(await later, 'done again')
  assert.equal(runs.length, 2)
})

test('whoever gives up gets the reason of the own signal, and the others still the result', async () => {
  const { task, start, runs } = createTask()
  const controller = new AbortController()
  const [first, second] = [task.wait(start, [controller.signal]), task.wait(start, [])]
  controller.abort('enough')
  await assert.rejects(first, error => error === 'enough')
  assert.equal(runs[0]?.signal.aborted, false)
  runs[0]?.resolve('done')
  assert.equal(await second, 'done')
})

test('a task that nobody waits for is aborted, and the next one starts afresh', async () => {
  const { task, start, runs } = createTask()
  const controller = new AbortController()
  const only = task.wait(start, [controller.signal])
  controller.abort('enough')
  await assert.rejects(only, error => error === 'enough')
  assert.equal(runs[0]?.signal.aborted, true)
  const next = task.wait(start, [])
  runs[1]?.resolve('done')
  assert.equal(await next, 'done')
  await assert.rejects(task.wait(start, [controller.signal]), error => error === 'enough')
  assert.equal(runs.length, 2)
})

test('a task that is aborted ends for all, even if it does not end itself', async () => {
  const task = new SharedTask<never>()
  const endless = (): Promise<never> => new Promise(() => {})
  const waiting = [task.wait(endless, []), task.wait(endless, [])]
  task.abort('closed')
  for (const one of waiting) await assert.rejects(one, error => error === 'closed')
})
