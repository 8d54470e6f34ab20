import { writeFileSync } from 'node:fs'
import { buildModel } from './build-model.ts'
import { listFacts, readFacts } from './facts.ts'
import { render } from './render.ts'

// npm run generate [-- facts.json …]
const files = process.argv.slice(2)
const facts = readFacts(files.length > 0 ? files : listFacts())
if (facts.length === 0)
  throw new Error('No facts: give their files, as in npm run generate -- lxd.json incus.json')
writeFileSync(new URL('../src/rest.ts', import.meta.url), render(buildModel(facts)))
