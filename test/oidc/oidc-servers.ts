import type { TestContext } from 'node:test'
import type { FactoryOptions, OidcCode, OidcOptions, OidcTokens, Path } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { connect, failure, type Received, type Reply, serve, sync } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'

const certificate = makeCertificate({ name: 'server' })

/** What an issuer answers: to the paths of its endpoints, one after the other; the last one is for all that follow. */
export interface IssuerScript {
  readonly discovery?: object
  readonly device?: Reply
  readonly tokens?: readonly Reply[]
}

/** An issuer that answers by a script. */
export interface ScriptedIssuer {
  readonly url: string
  readonly received: readonly Received[]
  /** The forms that were posted to a path. */
  forms(path: string): readonly Record<string, string>[]
}

/** The answer with a token. */
export function granted(accessToken: string, fields: object = {}): Reply {
  return { json: { token_type: 'Bearer', access_token: accessToken, expires_in: 3600, ...fields } }
}

/** The answer of an issuer that refuses. */
export function refusedWith(error: string, status = 400): Reply {
  return { status, json: { error } }
}

/** Starts an issuer that asks to be polled without a pause. */
export async function serveIssuer(t: TestContext, script: IssuerScript = {}): Promise<ScriptedIssuer> {
  const tokens = [...(script.tokens ?? [granted('first')])]
  const { origin, received } = await serve(t, ({ url }) => {
    if (url === '/.well-known/openid-configuration')
      return { json: { ...endpointsOf(origin), ...script.discovery } }
    if (url === '/device') return script.device ?? { json: deviceGrant(origin) }
    if (url === '/token') return tokens.length > 1 ? tokens.shift() : tokens[0]
    return { status: 404 }
  })
  const forms = (path: string) =>
    received
      .filter(({ url }) => url === path)
      .map(({ body }) => Object.fromEntries(new URLSearchParams(String(body))))
  return { url: origin, received, forms }
}

/** What an issuer answers to the beginning of a log-in. */
export function deviceGrant(origin: string): Record<string, unknown> {
  return {
    device_code: 'geheim-device',
    user_code: 'ABCD-EFGH',
    verification_uri: `${origin}/enter`,
    expires_in: 600,
    interval: 0.001,
  }
}

function endpointsOf(origin: string): object {
  return {
    issuer: origin,
    device_authorization_endpoint: `${origin}/device`,
    token_endpoint: `${origin}/token`,
  }
}

/** A server that accepts some access tokens. */
export interface ProtectedServer {
  readonly root: Path
  readonly api: Path
  readonly baseUrl: string
  readonly received: readonly Received[]
  /** The codes that the user was shown. */
  readonly codes: readonly OidcCode[]
  /** `METHOD url token` of each request; without what a test does not need to know. */
  log(): readonly string[]
}

/** How a server is protected. */
export interface Protection {
  /** The headers that it names its issuer by. */
  readonly headers: Readonly<Record<string, string>>
  readonly accepts?: (token: string) => boolean
  readonly options?: Omit<FactoryOptions, 'oidc'>
  readonly oidc?: OidcOptions
}

/** Starts a server that answers as LXD does: 403 without a token, 401 to one that it does not accept. */
export async function serveProtected(
  t: TestContext,
  { headers, accepts = () => true, options, oidc }: Protection,
): Promise<ProtectedServer> {
  const { baseUrl, received } = await serveTls(t, certificate, request => {
    const token = tokenOf(request)
    if (token === undefined) return { ...failure(403, 'not authorized'), headers }
    return accepts(token) ? sync({ name: 'web' }) : { ...failure(401, 'token is expired'), headers }
  })
  const codes: OidcCode[] = []
  const onCode = (code: OidcCode): void => void codes.push(code)
  const connection = { baseUrl, serverCert: certificate.cert, oidc: { onCode, ...oidc }, ...options }
  const { root, api } = connect(t, connection)
  const log = (): string[] => received.map(one => `${one.method} ${one.url} ${tokenOf(one) ?? '-'}`)
  // Safe cast: an API is a path.
  return { root: root as unknown as Path, api, baseUrl, received, codes, log }
}

/** The headers by which LXD names its issuer. */
export function lxdHeaders(
  issuer: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'X-LXD-OIDC-issuer': issuer,
    'X-LXD-OIDC-clientid': 'lxd-client',
    'X-LXD-OIDC-audience': 'https://lxd.example',
    'X-LXD-OIDC-scopes': '["openid","offline_access"]',
    ...more,
  }
}

/** A store that records what is kept in it. */
export function recordingStore(tokens?: OidcTokens) {
  const written: OidcTokens[] = []
  return {
    written,
    read: async () => written.at(-1) ?? tokens,
    write: async (given: OidcTokens) => void written.push(given),
  }
}

function tokenOf({ headers }: Received): string | undefined {
  return headers.authorization?.replace(/^Bearer /, '')
}
