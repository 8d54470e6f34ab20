import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProgress } from '../../src/operations/progress.ts'

test('the fields of newer servers are read as numbers', () => {
  const progress = { stage: 'download', percent: '45', processed: '1048576', speed: '10500000' }
  assert.deepEqual(readProgress({ progress, download_progress: 'rootfs: 45% (10.50MB/s)' }), {
    stage: 'download',
    percent: 45,
    bytes: 1048576,
    speed: 10500000,
    text: 'rootfs: 45% (10.50MB/s)',
  })
})

test('what the fields leave out is read from the text', () => {
  const progress = { stage: 'create_backup', speed: '' }
  assert.deepEqual(readProgress({ progress, create_backup_progress: 'web: 1.50GB (20.00MB/s)' }), {
    stage: 'create_backup',
    percent: undefined,
    bytes: 1_500_000_000,
    speed: 20_000_000,
    text: 'web: 1.50GB (20.00MB/s)',
  })
})

const TEXTS: [string, number | undefined, number | undefined, number | undefined][] = [
  ['45% (10.50MB/s)', 45, undefined, 10_500_000],
  ['rootfs: 7% (512B/s)', 7, undefined, 512],
  ['Unpack: 100% (2.00GB/s)', 100, undefined, 2_000_000_000],
  ['web: 1.20GB (20.00MB/s)', undefined, 1_200_000_000, 20_000_000],
  ['web: 3.00MiB (1.00KiB/s)', undefined, 3_145_728, 1024],
  ['web: 20.00kB/s', undefined, undefined, 20_000],
  ['45%', 45, undefined, undefined],
  ['Almost there', undefined, undefined, undefined],
]

for (const [text, percent, bytes, speed] of TEXTS) {
  test(`the text '${text}' is read`, () => {
    const expected = { stage: 'fs', percent, bytes, speed, text }
    assert.deepEqual(readProgress({ fs_progress: text, other: 1 }), expected)
  })
}

for (const metadata of [null, undefined, {}, { fds: {} }, { progress: 5 }, { x_progress: 7 }, 'text']) {
  test(`there is no progress in ${JSON.stringify(metadata)}`, () => {
    assert.equal(readProgress(metadata), undefined)
  })
}
