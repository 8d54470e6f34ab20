import assert from 'node:assert/strict'
import { events } from '../../src/index.ts'
import type { Running } from './servers.ts'

const NAMES = ['o1', 'o2', 'o3', 'o4']

/** Changes four instances so often each, and checks that events tell of every operation once, and of each instance's in their order. */
export async function checkOrder(running: Running, times: number): Promise<void> {
  const stream = await events(running.api, { type: 'operation' })
  const changing = Promise.all(NAMES.map(name => changeOften(running, name, times)))
  const ended: string[] = []
  for await (const event of stream) {
    assert.ok(event.type === 'operation')
    const { id, status_code: statusCode, description } = event.metadata
    if (statusCode === 200 && description === 'Updating instance') ended.push(id)
    if (ended.length === NAMES.length * times) break
  }
  const changed = await changing
  assert.deepEqual(ended.toSorted(), changed.flat().toSorted())
  for (const ids of changed) {
    const ours = new Set(ids)
    assert.deepEqual(
      ended.filter(id => ours.has(id)),
      ids,
    )
  }
}

// One change after the other; gives back their operations.
async function changeOften({ api, image }: Running, name: string, times: number): Promise<string[]> {
  const instances = api['1.0'].path('instances')
  await instances.post({ name, source: { type: 'image', fingerprint: image } }).wait()
  const instance = instances.path(name)
  const { metadata } = await instance.get()
  const ids: string[] = []
  for (let n = 0; n < times; n++) {
    const started = await instance.put({ ...metadata, config: { ...metadata.config, 'user.n': String(n) } })
    ids.push(started.metadata.id)
    await started.wait()
  }
  return ids
}
