import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool } from 'undici'
import { checkUndici } from '../../src/connection/check-undici.ts'

test('undici is taken for itself', () => {
  checkUndici()
  checkUndici(Pool)
})

test('an imitation of undici, which ignores connectors, is refused', () => {
  class Imitation {
    readonly options: object
    constructor(_origin: string, options: object) {
      this.options = options
    }
  }
  assert.throws(() => checkUndici(Imitation), /^Error: The package undici is not itself here: .*--target=bun/)
})
