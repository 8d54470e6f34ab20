import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { addedKeys, keyTypes } from '../../generate/config/additions.ts'
import { readConfigFacts } from '../../generate/config/facts.ts'
import { configInterfaces, deviceInterfaces } from '../../generate/config/interfaces.ts'
import { mergeKeys } from '../../generate/config/merge-keys.ts'
import { renderConfig } from '../../generate/config/render-config.ts'

const facts = readConfigFacts()
const committed = readFileSync(new URL('../../src/config.ts', import.meta.url), 'utf8')
const interfaces = { ...configInterfaces, ...deviceInterfaces }

/** The entities whose keys are no configuration, or that of what is typed as text by name. */
const OTHERS =
  /^(cluster-group|cluster-link|image|instance-property|network-(acl|address-set|forward|integration|load-balancer(-pool)?|peer|zone)|placement-group|replicator)$/

describe('config.ts', () => {
  it('is what the generator makes of the facts', () => {
    assert.equal(renderConfig(facts), committed)
  })

  it('is types only', () => {
    const statements = committed.match(/^(?![ }>/*]).+/gm) ?? []
    for (const statement of statements) assert.match(statement, /^(export )?(interface|type) /)
  })

  it('has every entity of the facts, or it is named here', () => {
    const entities = new Set(Object.values(facts.newest).flatMap(({ keys }) => Object.keys(keys)))
    const sources = Object.values(interfaces).flatMap(one => one.sources)
    for (const entity of entities)
      assert.notEqual(
        OTHERS.test(entity),
        sources.some(source => source.entity.test(entity)),
        entity,
      )
  })

  it('has the keys of older servers, and adds none that a newer one has', () => {
    for (const [label, lists] of Object.entries(facts.older)) {
      for (const [name, keys] of Object.entries(lists)) {
        const known = namesOf(name)
        for (const key of keys) assert.ok(known.includes(key), `${label}: ${name} lacks ${key}`)
      }
    }
    for (const [name, keys] of Object.entries(addedKeys)) {
      const newest = mergeKeys('', interfaceOf(name), facts).map(key => key.name)
      for (const key of Object.keys(keys)) assert.ok(!newest.includes(key), `${name} has ${key} anyway`)
    }
  })

  it('mends no key that no server has', () => {
    for (const path of Object.keys(keyTypes)) {
      const [name = '', ...key] = path.split('.')
      assert.ok(namesOf(name).includes(key.join('.')), path)
    }
  })
})

function interfaceOf(name: string): (typeof interfaces)[string] {
  const one = interfaces[name]
  assert.ok(one, `no interface is called ${name}`)
  return one
}

function namesOf(name: string): string[] {
  return mergeKeys(name, interfaceOf(name), facts).map(key => key.name)
}
