import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handshakeTimeout } from '../../src/websocket/handshake.ts'

test('a handshake may take 10 s, or the least of what is given', () => {
  assert.equal(handshakeTimeout(), 10)
  assert.equal(handshakeTimeout(undefined, 30), 10)
  assert.equal(handshakeTimeout(60, 2), 2)
  assert.equal(handshakeTimeout(0.5, Number.POSITIVE_INFINITY), 0.5)
})
