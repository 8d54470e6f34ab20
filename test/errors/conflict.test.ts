import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isConflict } from '../../src/errors/conflict.ts'
import {
  APIConflictException,
  APIException,
  APINotFoundException,
  APIOperationException,
} from '../../src/index.ts'
import { rejection, serveOperation } from '../servers/operation-server.ts'
import { failure, serve, sync } from '../servers/server.ts'

/** What the servers answered, seen on LXD 5.0.2 and Incus 6.0.4. */
const CONFLICTS = [
  [500, 'Error inserting "default" into database: The profile already exists'],
  [409, 'The storage pool already exists: The record already exists'],
  [
    500,
    'Failed creating project "default": Failed to create "projects" entry: UNIQUE constraint failed: projects.name',
  ],
  [400, 'The network already exists'],
  [409, 'Port 80 is already in use'],
] as const

const OTHERS = [
  [500, 'Reached maximum number of instances of type "container" in project "q"'],
  [400, 'Instance is not running'],
  [400, 'The instance is already running'],
  [409, 'in the words of the server'],
] as const

describe('a call that fails because something is taken', () => {
  for (const [status, words] of CONFLICTS) {
    test(`is an APIConflictException by its words: HTTP ${status}, ${words}`, async t => {
      const { api, origin } = await serve(t, failure(status, words))
      const error = await rejection(api.profiles.post({ name: 'default' }))
      assert.ok(error instanceof APIConflictException)
      assert.ok(error instanceof APIException)
      assert.ok(!(error instanceof APIOperationException))
      assert.equal(error.name, 'APIConflictException')
      assert.equal(error.statusCode, status)
      assert.equal(error.message, `POST ${origin}/1.0/profiles ${words}`)
      assert.equal(error.result.response.statusCode, status)
    })
  }

  for (const [status, words] of OTHERS) {
    test(`is told from HTTP ${status}, ${words}`, async t => {
      const { api } = await serve(t, failure(status, words))
      const error = await rejection(api.profiles.post({ name: 'default' }))
      assert.ok(!(error instanceof APIConflictException))
      assert.equal(error.constructor, APIException)
    })
  }

  test('is what its status says where that has a class of its own', async t => {
    const { api } = await serve(t, failure(404, 'There is no such thing, though its name already exists'))
    const error = await rejection(api.profiles.post({ name: 'default' }))
    assert.ok(error instanceof APINotFoundException)
    assert.ok(!(error instanceof APIConflictException))
  })
})

test('an operation that fails so is an APIOperationException and an APIConflictException', async t => {
  const err = 'Failed creating instance record: This "instances" entry already exists'
  const failed = sync({ id: '1', class: 'task', status: 'Failure', status_code: 400, err })
  const { start } = await serveOperation(t, { waits: [failed] })
  const error = await rejection(start().wait())
  assert.ok(error instanceof APIOperationException)
  assert.equal(error.operation?.id, '1')
  assert.ok(error instanceof APIConflictException)
})

test('what is no exception of this library is no conflict', () => {
  for (const other of [
    undefined,
    null,
    'already exists',
    new Error('already exists'),
    { error: 'already exists' },
  ])
    assert.ok(!(other instanceof APIConflictException))
})

test('isConflict() looks for whole words', () => {
  assert.ok(isConflict('ALREADY EXISTS'))
  assert.ok(!isConflict('already existsing'))
})
