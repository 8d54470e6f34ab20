import type { APIException } from '../../errors/exceptions.ts'
import { APIForbiddenException, APIOperationException } from '../../errors/exceptions.ts'
import { isRefusal } from '../shared/retry.ts'

/** Whether an instance that is starting may be the reason of a failure, or the agent of a virtual machine. */
export function isNotReady(error: unknown): error is APIException {
  return isRefusal(error) && !(error instanceof APIForbiddenException)
}

/** Whether a command could not be started because there is no such program. */
export function isMissingProgram(error: unknown): boolean {
  return error instanceof APIOperationException && /command not found|no such file/i.test(error.error)
}
