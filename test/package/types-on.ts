import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type Compiler, type Complaint, compile, versionOf } from './compile.ts'

const FILES = ['types.test-d.ts', 'config.test-d.ts']

/** The lines that must not compile, and what the comment above them says that the compiler says. */
function refusedIn(source: string): Map<number, string> {
  const lines = source.split('\n').map((line, i) => [i + 2, line.split('@ts-expect-error')[1]] as const)
  return new Map(
    lines.flatMap(([line, why]) => (why === undefined ? [] : [[line, MESSAGE.exec(why)?.[0] ?? '']])),
  )
}

const MESSAGE = /Did you mean .*\?|\S+ does not exist in type.*/

/** Compiles files `*.test-d.ts`, and checks that just those lines are refused that they say. */
export async function checkFiles(
  compiler: Compiler,
  files: readonly string[],
  flags?: readonly string[],
): Promise<void> {
  const sources = Object.fromEntries(
    files.map(file => [file, readFileSync(new URL(file, import.meta.url), 'utf8')]),
  )
  // As plain comments they hide nothing, so that what they would hide can be read.
  const told = Object.entries(sources).map(([file, text]) => [
    file,
    text.replaceAll('@ts-expect-error', 'refused:'),
  ])
  const { errors } = await compile(compiler, Object.fromEntries(told), flags)
  for (const [file, source] of Object.entries(sources))
    checkErrors(
      refusedIn(source),
      errors.filter(error => error.file === file),
    )
}

function checkErrors(refused: ReadonlyMap<number, string>, errors: readonly Complaint[]): void {
  const found = errors.filter(({ line }) => !refused.has(line)).map(({ message }) => message)
  assert.deepEqual(found, [], 'errors that nobody expects')
  assert.ok(refused.size > 0)
  for (const [line, expected] of refused) {
    const messages = errors.filter(error => error.line === line).map(({ message }) => message)
    assert.equal(messages.length, 1, `line ${line} is to be refused`)
    assert.ok(messages[0]?.includes(expected), `line ${line}: ${messages[0]}`)
  }
}

/** Declares the tests of the types on one version of TypeScript. */
export function testTypesOn(compiler: Compiler): void {
  describe(`The types, on TypeScript ${versionOf(compiler)}`, () => {
    it('accept and refuse just what the files *.test-d.ts say, and propose what is meant', () =>
      checkFiles(compiler, FILES))

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
