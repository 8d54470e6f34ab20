import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asStored, withoutNulls } from '../../../src/shortcuts/shared/fields.ts'
import {
  applyChange,
  changeOf,
  differencesOf,
  hasRemovals,
  removalsOf,
} from '../../../src/shortcuts/state/difference.ts'

const places = (asked: object, present: object) =>
  differencesOf(asStored(asked as never), present as never).map(({ path }) => path.join(' '))

describe('What differs', () => {
  it('is what was asked for and is not so; other fields are not looked at', () => {
    const present = { description: 'theirs', config: { 'user.a': '1', 'user.b': '2' }, used_by: [] }
    assert.deepEqual(differencesOf({ description: 'ours', config: { 'user.a': '3' } }, present), [
      { path: ['description'], from: 'theirs', to: 'ours' },
      { path: ['config', 'user.a'], from: '1', to: '3' },
    ])
    assert.deepEqual(places({ description: undefined, config: { 'user.a': undefined } }, present), [])
  })

  it('is no number or boolean that is stored as text', () => {
    const present = { config: { 'limits.cpu': '2' }, devices: { data: { readonly: 'true' } } }
    assert.deepEqual(
      places({ config: { 'limits.cpu': 2 }, devices: { data: { readonly: true } } }, present),
      [],
    )
  })

  it('is no empty config value that is not set, and nothing that should not be there and is not', () => {
    assert.deepEqual(places({ config: { a: '', b: null }, devices: { c: null }, description: null }, {}), [])
    assert.deepEqual(
      places({ config: { a: null }, devices: { c: null } }, { config: { a: '1' }, devices: { c: {} } }),
      ['config a', 'devices c'],
    )
  })

  it('is no time in another form', () => {
    const expires_at = new Date('2030-01-01T00:00:00Z')
    assert.deepEqual(places({ expires_at }, { expires_at: '2030-01-01T00:00:00Z' }), [])
    assert.deepEqual(places({ expires_at }, { expires_at: '2030-01-01T00:00:01Z' }), ['expires_at'])
    assert.deepEqual(places({ at: '2030-01-01' }, { at: '2030-01-01T00:00:00Z' }), ['at'])
  })

  it('is no time with milliseconds, nor one that is a value of the config', () => {
    const expires_at = new Date('2030-01-01T00:00:00.123Z')
    assert.deepEqual(places({ expires_at }, { expires_at: '2030-01-01T00:00:00.123Z' }), [])
    assert.deepEqual(places({ expires_at }, { expires_at: '2030-01-01T00:00:00.124Z' }), ['expires_at'])
    const text = '2030-01-01T00:00:00.123Z'
    assert.deepEqual(places({ config: { 'user.at': expires_at } }, { config: { 'user.at': text } }), [])
  })

  it('is nothing that a time can be that is none: that is refused', () => {
    const refused = { name: 'TypeError', message: 'expires_at must be a time, not an invalid Date' }
    assert.throws(() => asStored({ expires_at: new Date(Number.NaN) }), refused)
    assert.throws(
      () => asStored({ config: { 'user.at': new Date('soon') } }),
      /^TypeError: config\.user\.at must/,
    )
    assert.throws(() => asStored({ list: [{ at: new Date('soon') }] }), /^TypeError: list\.0\.at must be/)
  })

  it('is no order of rules, nor what the server adds to them, nor an empty list that is told as null', () => {
    const ports = [{ port: '80' }, { port: '443' }]
    assert.deepEqual(
      places(
        { ports },
        {
          ports: [
            { port: '443', description: '' },
            { port: '80', ttl: 0 },
          ],
        },
      ),
      [],
    )
    assert.deepEqual(places({ ports }, { ports: [{ port: '443' }, { port: '443' }] }), ['ports'])
    assert.deepEqual(places({ ports }, { ports: [{ port: '80', target: 'x' }, { port: '443' }] }), ['ports'])
    assert.deepEqual(places({ entries: [] }, { entries: null }), [])
    assert.deepEqual(places({ members: ['b', 'a'] }, { members: ['a', 'b'] }), [])
    assert.deepEqual(places({ profiles: ['b', 'a'] }, { profiles: ['a', 'b'] }), ['profiles'])
  })

  it('counts for update() also where it is gone', () => {
    assert.deepEqual(removalsOf({ config: {} }, { config: { a: '1' }, description: 'd' }), [
      { path: ['config', 'a'], from: '1', to: undefined },
      { path: ['description'], from: 'd', to: undefined },
    ])
  })
})

describe('A change', () => {
  const present = { config: { a: '1', b: '2' }, devices: { disk: { type: 'disk', path: '/a' } }, name: 'x' }

  it('for PATCH has the keys that differ, and the whole of the devices they are in', () => {
    const asked = { config: { a: '1', b: null, c: '3' }, devices: { disk: { path: '/b' } } }
    assert.deepEqual(changeOf(asked, present, differencesOf(asked, present)), {
      config: { b: null, c: '3' },
      devices: { disk: { type: 'disk', path: '/b' } },
    })
  })

  it('for PUT is in the midst of all that is there', () => {
    const asked = { config: { b: null, c: '3' }, devices: { disk: { path: null }, nic: { type: 'nic' } } }
    const differences = differencesOf(asked, present)
    assert.equal(hasRemovals(differences), true)
    assert.deepEqual(applyChange(changeOf(asked, present, differences), present), {
      config: { a: '1', c: '3' },
      devices: { disk: { type: 'disk' }, nic: { type: 'nic' } },
      name: 'x',
    })
  })

  it('for POST has nothing of what should not be there', () => {
    assert.deepEqual(withoutNulls({ a: null, b: undefined, c: { d: null, e: 0 } }), { c: { e: 0 } })
  })
})
