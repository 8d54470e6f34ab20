import { it } from 'node:test'
import { checkFiles, testTypesOn } from './types-on.ts'

// On the other versions: test/long/types.test.ts.
testTypesOn('typescript')

it('Typed configuration is the same with exactOptionalPropertyTypes', () =>
  checkFiles('typescript', ['config.test-d.ts'], ['--exactOptionalPropertyTypes']))
