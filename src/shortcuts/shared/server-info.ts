import { listIn, objectIn, textIn, textsIn } from '../../answer/metadata.ts'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'

/** What one server has to know of another to reach it. */
export interface ServerInfo {
  readonly result: APIResult
  /** `lxd` or `incus` */
  readonly server: string
  /** `LXD 5.0.2` */
  readonly title: string
  /** The origins it listens on, beginning with the one this client uses. */
  readonly origins: readonly string[]
  readonly certificate: string
  readonly extensions: ReadonlySet<unknown>
}

const TITLES: Readonly<Record<string, string>> = { lxd: 'LXD', incus: 'Incus' }

/** Reads the information about the server that a path is on. */
export async function readServer(path: Path): Promise<ServerInfo> {
  const result = await path.forUrl('/1.0').get()
  const server = textIn(result, 'environment', 'server')
  const { addresses = null } = objectIn(result, 'environment')
  const { origin } = result.request
  const listed = addresses === null ? [] : textsIn(result, 'environment', 'addresses')
  const origins = listed.map(address => `https://${address}`)
  return {
    result,
    server,
    title: `${TITLES[server] ?? server} ${textIn(result, 'environment', 'server_version')}`,
    origins: [...new Set(origin.startsWith('https:') ? [origin, ...origins] : origins)],
    certificate: textIn(result, 'environment', 'certificate'),
    extensions: extensionsIn(result),
  }
}

/** The API extensions in an answer to `GET /1.0`; empty where it lists none, as Incus does for untrusted clients. */
export function extensionsIn(result: APIResult): ReadonlySet<unknown> {
  return new Set(objectIn(result).api_extensions === undefined ? [] : listIn(result, 'api_extensions'))
}

/** Reads the API extensions of the server that a path is on. */
export async function readExtensions(path: Path, signal?: AbortSignal): Promise<ReadonlySet<unknown>> {
  return extensionsIn(await path.forUrl('/1.0').get({ signal }))
}

/** The exception for what a server can't do, before anything was sent that changes something. */
export function impossible({ result }: { readonly result: APIResult }, error: string): APIException {
  return new APIException({ request: result.request, result, error })
}
