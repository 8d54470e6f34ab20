import { objectIn, textIn, textsIn } from '../../answer/metadata.ts'
import { operationIn } from '../../checked-path.ts'
import { parseGoTime, UNSET_TIME } from '../../common/go-time.ts'
import { type Path, withoutSignals } from '../../path.ts'
import { printAs } from '../../redact/print-as.ts'
import { redact } from '../../redact/redact.ts'
import { checkNames } from '../../request/options.ts'
import type { CertificateType } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'

/** Options of {@link createTrustToken}. */
export interface TrustTokenOptions extends ChangeOptions {
  /** The name that the client's certificate gets on the server. */
  readonly name: string
  /** The projects that the client may use; without them, all. It is then `restricted`. */
  readonly projects?: readonly string[]
  /** Whether the client may only use the projects, of which there may be none. */
  readonly restricted?: boolean
  /** What the certificate is for, `client` by default; the servers to date refuse tokens for all others. */
  readonly type?: CertificateType
}

/** Options of {@link createJoinToken}. */
export interface JoinTokenOptions extends ChangeOptions {
  /** The name that the server gets as a member of the cluster. */
  readonly member: string
}

/** A token that was created; `console.log` and `JSON.stringify` show it without its secret. */
export interface CreatedToken extends Outcome {
  /** The text to hand on. It is a secret: whoever has it can use it, but only once. */
  readonly token: string
  /** The operation with which the server waits for the token to be used: `absent(operation)` revokes the token. */
  readonly operation: Path
  /** When it expires; `undefined` if it does not. */
  readonly expiresAt: Date | undefined
}

const TRUST_OPTIONS: ReadonlySet<string> = new Set<keyof TrustTokenOptions>([
  ...CHANGE_OPTIONS,
  'name',
  'projects',
  'restricted',
  'type',
])
const JOIN_OPTIONS: ReadonlySet<string> = new Set<keyof JoinTokenOptions>([...CHANGE_OPTIONS, 'member'])

/**
 * Creates a token with which one client makes the server trust its certificate: the text that `lxc remote add` and
 * `incus remote add` take, and {@link trust}. Each call creates another one, also of the same name.
 *
 * See https://documentation.ubuntu.com/lxd/latest/authentication/#authentication-token
 *
 * @throws {APIException} the server refused, such as one that listens on no address
 * @throws {TypeError} an option is unknown or invalid; nothing was sent
 * @example
 * const { token, operation } = await createTrustToken(api, { name: 'ci', projects: ['web'] })
 * await absent(operation) // revokes it
 */
export function createTrustToken(
  api: ApiRoot,
  options: TrustTokenOptions & { readonly check: true },
): Promise<Outcome>
export function createTrustToken(
  api: ApiRoot,
  options: TrustTokenOptions & { readonly check?: false },
): Promise<CreatedToken>
export function createTrustToken(api: ApiRoot, options: TrustTokenOptions): Promise<CreatedToken | Outcome>
export async function createTrustToken(api: ApiRoot, options: TrustTokenOptions): Promise<Outcome> {
  checkNames(options, TRUST_OPTIONS, 'createTrustToken()')
  const body = trustRequest(options)
  const owner = { client_name: options.name }
  return create(api, options, { call: 'createTrustToken()', body, owner }, version =>
    version.certificates.post({ ...body, token: true }),
  )
}

/**
 * Creates a token with which one server joins the cluster as the member of that name: the text that `lxd init` and
 * `incus admin init` take, by `cluster_token` in a preseed too. An earlier token for that member is revoked.
 *
 * See https://documentation.ubuntu.com/lxd/latest/howto/cluster_form/
 *
 * @throws {APIException} the server refused, such as one that is not part of a cluster
 * @throws {TypeError} an option is unknown or invalid; nothing was sent
 * @example
 * const { token } = await createJoinToken(api, { member: 'n2' })
 */
export function createJoinToken(
  api: ApiRoot,
  options: JoinTokenOptions & { readonly check: true },
): Promise<Outcome>
export function createJoinToken(
  api: ApiRoot,
  options: JoinTokenOptions & { readonly check?: false },
): Promise<CreatedToken>
export function createJoinToken(api: ApiRoot, options: JoinTokenOptions): Promise<CreatedToken | Outcome>
export async function createJoinToken(api: ApiRoot, options: JoinTokenOptions): Promise<Outcome> {
  checkNames(options, JOIN_OPTIONS, 'createJoinToken()')
  checkName(options.member, 'createJoinToken()', 'member')
  const body = { server_name: options.member }
  return create(api, options, { call: 'createJoinToken()', body, owner: body }, version =>
    version.cluster.members.post(body),
  )
}

/** A token to create. */
interface Order {
  /** The function that creates it. */
  readonly call: string
  /** What it is for, as the request says. */
  readonly body: object
  /** Whom it is for, as the token says. */
  readonly owner: Readonly<Record<string, string>>
}

async function create(
  api: ApiRoot,
  options: ChangeOptions,
  { call, body, owner }: Order,
  start: (version: Path) => Promise<APIResult>,
): Promise<Outcome> {
  const difference = [{ path: [], from: undefined, to: body }]
  return withLimitedPath(versionOf(api), options, call, async version => {
    if (options.check) return outcomeOf({ seen: false, difference })
    const started = await start(version)
    return describeToken(outcomeOf({ seen: started, difference }), started, owner)
  })
}

function describeToken(outcome: Outcome, started: APIResult, owner: Order['owner']): CreatedToken {
  const { expiresAt = UNSET_TIME } = objectIn(started, 'metadata')
  const fields = {
    ...owner,
    fingerprint: textIn(started, 'metadata', 'fingerprint'),
    addresses: textsIn(started, 'metadata', 'addresses'),
    secret: textIn(started, 'metadata', 'secret'),
    expires_at: expiresAt,
  }
  const created = {
    ...outcome,
    token: Buffer.from(JSON.stringify(fields)).toString('base64'),
    // The signal of the call that created it is not one of those that revoke it.
    operation: withoutSignals(operationIn(started)),
    expiresAt: parseGoTime(String(expiresAt)),
  }
  return printAs(created, one => redact({ ...one, operation: String(one.operation) }))
}

function trustRequest({ name, projects, restricted, type = 'client' }: TrustTokenOptions): object {
  checkName(name, 'createTrustToken()', 'name')
  checkName(type, 'createTrustToken()', 'type')
  if (projects === undefined) return { name, type, restricted }
  if (!Array.isArray(projects) || !projects.every(one => typeof one === 'string' && one !== ''))
    throw new TypeError('createTrustToken(): projects must be a list of names')
  // The servers ignore the projects of a client that is not restricted.
  if (restricted === false)
    throw new TypeError('createTrustToken(): a client that is not restricted may use all projects')
  return { name, type, restricted: true, projects }
}

function checkName(name: unknown, call: string, option: string): void {
  if (typeof name === 'string' && name !== '') return
  throw new TypeError(`${call}: ${option} must be a name`)
}
