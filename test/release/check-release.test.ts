import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkRelease } from '../../release/check-release.ts'

const packageJson = { version: '1.2.0', author: 'Somebody' }
const changelog =
  '# Changelog\n\n## Unreleased\n\n## 1.2.0 - 2026-12-01\n\n- A thing\n\n## 1.1.0 - 2026-11-01\n\n- Another\n'

test('a release has the notes of its version', () => {
  assert.deepEqual(checkRelease({ tag: 'v1.2.0', packageJson, changelog }), {
    notes: '- A thing',
    faults: [],
  })
})

for (const [title, release, fault] of [
  [
    'another tag than the version',
    { tag: 'v1.2.1' },
    /tag is v1\.2\.1, but package\.json has version 1\.2\.0/,
  ],
  ['no tag', { tag: '' }, /tag is \(none\)/],
  ['no section in the changelog', { changelog: '## Unreleased\n' }, /no section “## 1\.2\.0”/],
  [
    'a section without a date',
    { changelog: '## 1.2.0\n\n- A thing\n' },
    /no section “## 1\.2\.0” with a date/,
  ],
  [
    'an empty section',
    { changelog: '## 1.2.0 - 2026-12-01\n\n## 1.1.0 - 2026-11-01\n' },
    /says nothing of 1\.2\.0/,
  ],
  [
    'a placeholder in package.json',
    { packageJson: { ...packageJson, author: 'OWNER' } },
    /placeholder OWNER/,
  ],
] as const) {
  test(`a release with ${title} is refused`, () => {
    const { faults } = checkRelease({ tag: 'v1.2.0', packageJson, changelog, ...release })
    assert.equal(faults.length, 1)
    assert.match(String(faults[0]), fault)
  })
}

test('the changelog has a section for the version of package.json, released or to be', () => {
  const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
  const { version } = JSON.parse(read('package.json'))
  assert.match(read('CHANGELOG.md'), new RegExp(`^## ${version}( - \\S+)?$`, 'm'))
})
