import { readFileSync } from 'node:fs'
import { checkRelease } from './check-release.ts'

// Checks that a tag may be released, and prints its notes: `npm run release:check -- v0.2.0`.

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const { notes, faults } = checkRelease({
  tag: process.argv[2] ?? '',
  packageJson: JSON.parse(read('package.json')),
  changelog: read('CHANGELOG.md'),
})
for (const fault of faults) console.error(fault)
if (faults.length === 0) console.log(notes)
process.exitCode = faults.length === 0 ? 0 : 1
