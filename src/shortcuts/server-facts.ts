import { APIException } from '../exceptions.ts'
import type { Path } from '../path.ts'
import type { APIResult } from '../result.ts'

/** What one server has to know of another. */
export interface ServerFacts {
  readonly result: APIResult
  /** `LXD 5.0.2` */
  readonly title: string
  /** Where it listens, beginning with where we reach it. */
  readonly origins: readonly string[]
  readonly certificate: string
  readonly extensions: ReadonlySet<string>
}

const TITLES: Readonly<Record<string, string>> = { lxd: 'LXD', incus: 'Incus' }

/** Asks the server that a path is on. */
export async function readServer(path: Path): Promise<ServerFacts> {
  const result = await path.forUrl('/1.0').get()
  const { environment, api_extensions: extensions } = result.metadata
  const { server, server_version: version, addresses, certificate } = environment
  const { origin } = result.request
  const listed = (addresses ?? []).map((address: string) => `https://${address}`)
  return {
    result,
    title: `${TITLES[server] ?? server} ${version}`,
    origins: [...new Set<string>(origin.startsWith('https:') ? [origin, ...listed] : listed)],
    certificate,
    extensions: new Set(extensions),
  }
}

/** What can't be done with a server, before anything was sent that changes something. */
export function impossible({ result }: { readonly result: APIResult }, error: string): APIException {
  return new APIException({ request: result.request, result, error })
}
