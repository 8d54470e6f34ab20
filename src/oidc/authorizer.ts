import type { Authorizer } from '../client/authorizer.ts'
import { checkNames } from '../request/options.ts'
import type { Trace } from '../trace/trace.ts'
import type { OidcLogIn } from './log-in.ts'
import type { OidcOptions } from './options.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof OidcOptions>(['onCode', 'store', 'ca'])

/**
 * Authorizes calls by OpenID Connect, the code of which is loaded at the first call.
 *
 * @throws {TypeError} an option is unknown
 */
export function createOidcAuthorizer(options: OidcOptions, trace: Trace): Authorizer {
  checkNames(options, OPTIONS, 'API.factory(): oidc')
  let loading: Promise<OidcLogIn> | undefined
  const load = async (): Promise<OidcLogIn> => {
    const { OidcLogIn } = await import('./log-in.ts')
    return new OidcLogIn(options, trace)
  }
  return {
    send: async (call, send) => {
      loading ??= load()
      return (await loading).send(call, send)
    },
    // Who sends a call hears of a failure.
    close: () =>
      void loading?.then(
        logIn => logIn.close(),
        () => {},
      ),
  }
}
