import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildModel } from '../../generate/build-model.ts'
import { callOverrides } from '../../generate/call-overrides.ts'
import { type Facts, labelOf, listFacts, readFacts } from '../../generate/facts.ts'
import { segmentsOf, toTemplate } from '../../generate/names.ts'
import { render } from '../../generate/render.ts'
import { compile } from '../package/compile.ts'

const facts = readFacts(listFacts())

/** The calls of a server, one for all its variants: `GET /1.0/instances/{}`. */
function callsOf({ paths }: Facts): string[] {
  return Object.entries(paths).flatMap(([url, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${toTemplate(url)}`),
  )
}

/** `root['1.0']['instances'][name]['get']`. */
function expressionOf(call: string): string {
  const [method = '', template = ''] = call.split(' ')
  const protocol = callOverrides[call]?.upgrade
  const upgrade = protocol === 'websocket' ? 'websocket' : 'upgrade'
  const verb = protocol === undefined ? method.toLowerCase() : upgrade
  const segments = segmentsOf(template).map(segment => (segment === '{}' ? '[name]' : `['${segment}']`))
  return `root${segments.join('')}['${verb}']`
}

describe('rest.ts', () => {
  it('is made of facts, and without them neither made nor tested', t => {
    const empty = mkdtempSync(join(tmpdir(), 'facts-'))
    t.after(() => rmSync(empty, { recursive: true }))
    assert.throws(() => listFacts(empty), /There are no facts about the REST APIs in \S+/)
    assert.throws(() => listFacts(join(empty, 'nowhere')), /There are no facts/)
  })

  it('is what the generator makes of the facts, in whatever order they come', () => {
    const committed = readFileSync(new URL('../../src/rest.ts', import.meta.url), 'utf8')
    assert.equal(render(buildModel(facts)), committed)
    assert.equal(render(buildModel(readFacts(listFacts().reverse()))), committed)
  })

  it('is types only', () => {
    const source = readFileSync(new URL('../../src/rest.ts', import.meta.url), 'utf8')
    const statements = source.match(/^(?![ }>/*]).+/gm) ?? []
    for (const statement of statements) assert.match(statement, /^(import type|(export )?(interface|type)) /)
  })

  it('has a verb for every call of every server', async t => {
    const wanted = [...new Set(facts.flatMap(callsOf))]
    const source = `
      import { API } from 'lxdapi'
      type IsVerb<T> = [T] extends [never] ? false : T extends (...args: never) => unknown ? true : false
      declare function isVerb<T>(verb: T): IsVerb<T>
      declare const name: string
      const root = API.factory()
      export const verbs: true[] = [
        ${wanted.map(call => `isVerb(${expressionOf(call)}),`).join('\n        ')}
      ]`
    const { errors } = await compile('typescript', source)
    assert.deepEqual(
      errors.map(({ message }) => message),
      [],
    )
    for (const server of facts) t.diagnostic(`${labelOf(server)}: ${countCalls(server)}`)
  })

  it('mends no call that no server has', () => {
    const calls = new Set(facts.flatMap(callsOf))
    assert.deepEqual(
      Object.keys(callOverrides).filter(call => !calls.has(call)),
      [],
    )
  })

  it('would show a verb that is missing, also among names', async () => {
    const source = `
      import { API } from 'lxdapi'
      type IsVerb<T> = [T] extends [never] ? false : T extends (...args: never) => unknown ? true : false
      declare function isVerb<T>(verb: T): IsVerb<T>
      const rest = API.factory()['1.0']
      export const patch: true = isVerb(rest.instances.patch)
      export const name: true = isVerb(rest.instances.rename)
      export const post: true = isVerb(rest.resources['post'])`
    const { errors } = await compile('typescript', source)
    assert.deepEqual(
      errors.map(({ line }) => line),
      [6, 7, 8],
    )
  })
})

function countCalls(server: Facts): string {
  const operations = Object.values(server.paths).flatMap(methods => Object.values(methods).flat())
  return `${operations.length} operations are ${callsOf(server).length} calls, all of them in the tree`
}
