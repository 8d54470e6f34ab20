import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { compile, compilers, versionOf } from './compile.ts'

const SOURCE = readFileSync(new URL('types.test-d.ts', import.meta.url), 'utf8')

// The lines that must not compile, and what the comment above them says that the compiler proposes.
const refused = new Map(
  SOURCE.split('\n').flatMap((line, i) =>
    line.includes('@ts-expect-error') ? [[i + 2, line.match(/Did you mean .*\?/)?.[0] ?? '']] : [],
  ),
)

for (const compiler of compilers) {
  describe(`The types, on TypeScript ${versionOf(compiler)}`, () => {
    it('accept and refuse just what types.test-d.ts says, and propose what is meant', async () => {
      // As a plain comment it hides nothing, so that what it would hide can be read.
      const { errors } = await compile(compiler, SOURCE.replaceAll('@ts-expect-error', 'refused:'))
      const found = errors.filter(({ line }) => !refused.has(line)).map(({ message }) => message)
      assert.deepEqual(found, [], 'errors that nobody expects')
      for (const [line, proposal] of refused) {
        const messages = errors.filter(error => error.line === line).map(({ message }) => message)
        assert.equal(messages.length, 1, `line ${line} is to be refused`)
        assert.ok(messages[0]?.includes(proposal), `line ${line}: ${messages[0]}`)
      }
    })

    it('read names by index without a check for undefined, or by path() where settings ask for one', async () => {
      const source = `
        import { API } from 'lxdapi'
        const { instances } = API.factory()['1.0']
        export const byPath = instances.path('web').get()
        export const byIndex = instances.web.get()`
      const { errors } = await compile(compiler, source, ['--noUncheckedIndexedAccess'])
      assert.deepEqual(
        errors.map(({ line }) => line),
        [5],
      )
    })
  })
}
