import { writeFileSync } from 'node:fs'
import { buildModel } from './build-model.ts'
import { readConfigFacts } from './config/facts.ts'
import { renderConfig } from './config/render-config.ts'
import { listFacts, readFacts } from './facts.ts'
import { render } from './render.ts'

// npm run generate [-- facts.json …]
const files = process.argv.slice(2)
const facts = readFacts(files.length > 0 ? files : listFacts())
writeFileSync(new URL('../src/rest.ts', import.meta.url), render(buildModel(facts)))
writeFileSync(new URL('../src/config.ts', import.meta.url), renderConfig(readConfigFacts()))
