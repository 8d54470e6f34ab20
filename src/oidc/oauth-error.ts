import { isRecord } from '../common/is-record.ts'
import { APIException } from '../errors/exceptions.ts'

/** The code with which an issuer refused a request, such as `access_denied`; `undefined` if it failed otherwise. */
export function oauthErrorOf(error: unknown): string | undefined {
  const data = error instanceof APIException ? error.result?.data : undefined
  return isRecord(data) && typeof data.error === 'string' ? data.error : undefined
}
