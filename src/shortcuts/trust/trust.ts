import { textIn } from '../../answer/metadata.ts'
import { checkNames } from '../../request/options.ts'
import {
  CHANGE_OPTIONS,
  type ChangeOptions,
  COMMON_OPTIONS,
  type CommonOptions,
  withLimitedPath,
} from '../shared/limits.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'
import type { Enrolment } from './enrol.ts'

const COMMON: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)
const OPTIONS: ReadonlySet<string> = new Set([...CHANGE_OPTIONS, 'token', 'password', 'name'])

/** Options of {@link trust}: a token, or on LXD up to 5.0 the trust password of the server. */
export type TrustOptions = ChangeOptions & Enrolment

/** Whether the server trusts this client. */
export async function isTrusted(api: ApiRoot, options: CommonOptions = {}): Promise<boolean> {
  checkNames(options, COMMON, 'isTrusted()')
  return withLimitedPath(
    versionOf(api),
    options,
    'isTrusted()',
    async version => textIn(await version.get(), 'auth') === 'trusted',
  )
}

/**
 * Makes a server trust this client's certificate.
 *
 * A token is only sent to the server that issued it, which is identified by the fingerprint in the token.
 *
 * @throws {APIConnectionException} the server is not the one that issued the token; nothing was sent to it
 * @throws {APIForbiddenException} the token has been used or has expired, or the password is wrong
 * @example
 * const api = API.fromToken(token)
 * await trust(api, { token })
 */
export async function trust(api: ApiRoot, options: TrustOptions): Promise<Outcome> {
  checkNames(options, OPTIONS, 'trust()')
  return withLimitedPath(versionOf(api), options, 'trust()', async version => {
    const changed = options.check
      ? !(await isTrusted(version))
      : await (await import('./enrol.ts')).enrolClient(version, options)
    const difference = changed ? [{ path: ['auth'], from: 'untrusted', to: 'trusted' }] : []
    return outcomeOf({ seen: false, difference })
  })
}
