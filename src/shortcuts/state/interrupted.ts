import type { Path } from '../../path.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { readItem } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import { waitForOperations } from '../shared/wait-for-operations.ts'

// The messages of the servers for an instance without files.
const WITHOUT_FILES = /instance storage pool not found|rootfs: no such file or directory/i

/**
 * Whether an instance exists by name only, since its server went down while creating it. It holds no data then.
 *
 * An instance that was created has a template to apply at its start, and one that was started has a power state.
 */
export async function isInterrupted(instance: Path, { status, config }: Fields): Promise<boolean> {
  if (status !== 'Stopped' || isMarked(config)) return false
  // Another client may be creating it.
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
