import type { Path } from '../../path.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { readItem } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import { waitForOperations } from '../shared/wait-for-operations.ts'

// What the servers say of the files of an instance that has none.
const WITHOUT_FILES = /instance storage pool not found|rootfs: no such file or directory/i

/**
 * Is an instance but a name, since its server went down while it was created? Then there is nothing to lose in it.
 *
 * What was created has a template to apply when it starts, and what was started has a power state.
 */
export async function isInterrupted(instance: Path, { status, config }: Fields): Promise<boolean> {
  if (status !== 'Stopped' || isMarked(config)) return false
  // It may be somebody who creates it at this moment.
  await waitForOperations(instance)
  const { metadata } = await readItem(instance)
  return !isMarked(metadata.config) && !(await hasFiles(instance))
}

function isMarked(config: unknown): boolean {
  const { 'volatile.apply_template': template, 'volatile.last_state.power': power } = fieldsOf(config)
  return template !== undefined || power !== undefined
}

async function hasFiles(instance: Path): Promise<boolean> {
  try {
    const { body } = await instance.files.get({ query: { path: '/' } })
    body?.destroy()
    return true
  } catch (error) {
    return !(isRefusal(error) && WITHOUT_FILES.test(error.error))
  }
}
