import { it } from 'node:test'
import { checkFiles, testTypesOn } from './types-on.ts'

// The other versions take a minute: test/long/types.test.ts.
testTypesOn('typescript')

it('Typed configuration is the same with exactOptionalPropertyTypes', () =>
  checkFiles('typescript', ['config.test-d.ts'], ['--exactOptionalPropertyTypes']))
