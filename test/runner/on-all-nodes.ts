import { spawnSync } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { installNode, NODE_VERSIONS } from '../package/install-node.ts'
import { listUnitTests } from './list-tests.ts'
import { runAndCount } from './run-and-count.ts'

// Runs the unit tests on each supported version of Node.js, or on given ones: `npm run test:nodes 20 26`.

const wanted = process.argv.slice(2)
const results = (wanted.length > 0 ? wanted : NODE_VERSIONS).map(runOn)
process.exitCode = results.every(isPass => isPass) ? 0 : 1

function runOn(version: string): boolean {
  const node = installNode(version)
  const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  // So that tests that start `node` or `npm` use this version too.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` }
  return runAndCount({ label: `Node ${exact}`, files: listUnitTests(), node, env })
}
