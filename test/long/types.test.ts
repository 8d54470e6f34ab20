import { compilers } from '../package/compile.ts'
import { testTypesOn } from '../package/types-on.ts'

for (const compiler of compilers.filter(name => name !== 'typescript')) testTypesOn(compiler)
