import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Answer } from '../../src/answer/answer.ts'
import { addAdvice } from '../../src/errors/hints.ts'
import { MalformedAnswer } from '../../src/errors/malformed-answer.ts'
import {
  APICancelledException,
  APIConflictException,
  APIConnectionException,
  APIException,
  APIForbiddenException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
  APITransferException,
} from '../../src/index.ts'
import { makeRequest } from '../servers/make-request.ts'

const REQUEST = makeRequest('http://h', 'POST', '/1.0/x', undefined, {})
const RESULT = new Answer(REQUEST, { statusCode: 400, headers: {} }, undefined)
const DETAILS = {
  request: REQUEST,
  result: RESULT,
  error: 'It failed',
  statusCode: 418,
  cause: new Error('why'),
  operation: { id: '1' },
  started: RESULT,
}

const EXCEPTIONS: readonly APIException[] = [
  ...[
    APIException,
    APINotFoundException,
    APIForbiddenException,
    APIConflictException,
    APIPreconditionFailedException,
    APITimeoutException,
    APIOperationException,
    APICancelledException,
  ].map(Exception => new Exception(DETAILS)),
  new APIConnectionException(REQUEST, new Error('It was cut')),
  new APITransferException(new APIException(DETAILS), 1, 2),
  new MalformedAnswer(RESULT, 'It is no answer'),
]

test('with notes, an exception of any class differs from what it was in its message only', () => {
  for (const exception of EXCEPTIONS) {
    const copy = exception.withNotes('(do this)').withNotes('[nothing was changed]', '(or that)')
    assert.equal(copy.constructor, exception.constructor)
    assert.equal(copy.message, `${exception.message} (do this) [nothing was changed] (or that)`)
    assert.ok(copy.stack?.startsWith(`${exception.name}: ${copy.message}\n`))
    assert.equal(copy.cause, exception.cause)
    assert.deepEqual(propertiesOf(copy), propertiesOf(exception))
  }
})

test('an operation keeps what it was and what started it, and says that once', () => {
  const copy = new APIOperationException(DETAILS).withNotes('(a)').withNotes('(b)')
  assert.ok(copy instanceof APIOperationException)
  assert.equal(copy.message, 'POST http://h/1.0/x It failed (POST /1.0/x) (a) (b)')
  assert.equal(copy.started, RESULT)
  assert.equal(copy.operation, DETAILS.operation)
})

test('advice is only for exceptions', () => {
  const reason = new Error('enough')
  assert.equal(addAdvice(reason, 'do this'), reason)
  assert.equal(addAdvice(undefined, 'do this'), undefined)
})

function propertiesOf(exception: APIException): object {
  const { stack, message, ...others } = Object.getOwnPropertyDescriptors(exception)
  return others
}
