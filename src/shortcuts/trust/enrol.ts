import { objectIn, textIn } from '../../answer/metadata.ts'
import { checkedPath } from '../../checked-path.ts'
import { sleep } from '../../common/sleep.ts'
import type { TlsSettings } from '../../connection/connector.ts'
import { APIException, APIForbiddenException } from '../../errors/exceptions.ts'
import { addAdvice } from '../../errors/hints.ts'
import { MalformedAnswer } from '../../errors/malformed-answer.ts'
import { contextOf, type Path, pathTo } from '../../path.ts'
import { readTrustToken, type TrustToken } from '../../remotes/trust-token.ts'
import { extensionsIn } from '../shared/server-info.ts'

/** By what a server is to trust a client. */
export type Enrolment = ByToken | ByPassword

interface ByToken {
  readonly token: string
  readonly password?: undefined
}

interface ByPassword {
  readonly password: string
  readonly token?: undefined
  /** The name of the certificate on the server; the client's host name by default. */
  readonly name?: string
}

/** Makes a server trust this client; `false` if it does already. */
export async function enrolClient(api: Path, by: Enrolment): Promise<boolean> {
  const { tls } = contextOf(api).client
  if (tls === undefined) return enrol(api, refuseWithoutTls)
  requireCertificate(tls)
  return by.token === undefined ? trustByPassword(api, by) : trustByToken(api, by.token)
}

function trustByPassword(
  api: Path,
  { password, name }: { password?: string; name?: string },
): Promise<boolean> {
  const body = { type: 'client', name, password }
  const enrolling = enrol(api, version => version.certificates.post(body))
  return explainRefusal(enrolling, 'the trust password is wrong, or the server has none')
}

async function trustByToken(api: Path, text: string): Promise<boolean> {
  const token = readTrustToken(text)
  const { client, defaults } = contextOf(api)
  const pinned = client.pinnedTo(token.fingerprint)
  try {
    const enrolling = enrol(checkedPath(pathTo({ client: pinned, defaults }, '/1.0')), redeem(text, token))
    return await explainRefusal(enrolling, whyRefused(token))
  } finally {
    await pinned.close()
  }
}

const MAX_ATTEMPTS = 10
const RETRY_DELAY_MS = 50

type AddCertificate = (version: Path, info: PublicServerInfo) => Promise<unknown>

/** The information of a server that everybody may read. */
interface PublicServerInfo {
  readonly auth: string
  /** `undefined` if only trusted clients may read them, as on Incus from 7 on. */
  readonly extensions: ReadonlySet<unknown> | undefined
}

async function enrol(version: Path, addCertificate: AddCertificate): Promise<boolean> {
  const info = await readPublicInfo(version)
  if (info.auth === 'trusted') return false
  try {
    await addCertificate(version, info)
    return true
  } catch (error) {
    const isAnswered = error instanceof APIException && !(error instanceof MalformedAnswer)
    if (isAnswered && (await becomesTrusted(version))) return false
    throw error
  }
}

// Another client may be enrolling the same certificate: its token is used up before the server trusts it.
async function becomesTrusted(version: Path): Promise<boolean> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    if ((await readPublicInfo(version)).auth === 'trusted') return true
    await sleep(RETRY_DELAY_MS)
  }
  return false
}

// Everybody may read this, except while Incus is about to trust the client.
async function readPublicInfo(version: Path): Promise<PublicServerInfo> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await version.get()
      const isTold = objectIn(result).api_extensions != null
      return { auth: textIn(result, 'auth'), extensions: isTold ? extensionsIn(result) : undefined }
    } catch (error) {
      if (!(error instanceof APIForbiddenException) || attempt === MAX_ATTEMPTS) throw error
      await sleep(RETRY_DELAY_MS)
    }
  }
}

function redeem(token: string, { type }: TrustToken): AddCertificate {
  if (type !== '') return version => version.auth.identities.tls.post({ trust_token: token })
  return (version, { extensions }) => {
    // LXD accepted a token as a password before it had this extension; Incus never did, and ignores it.
    const isOlder = extensions !== undefined && !extensions.has('explicit_trust_token')
    const older = isOlder ? { password: token } : {}
    return version.certificates.post({ type: 'client', trust_token: token, ...older })
  }
}

async function explainRefusal(enrolling: Promise<boolean>, why: string): Promise<boolean> {
  try {
    return await enrolling
  } catch (error) {
    throw error instanceof APIForbiddenException ? addAdvice(error, why) : error
  }
}

function whyRefused({ expiresAt }: TrustToken): string {
  if (expiresAt !== undefined && expiresAt.getTime() < Date.now())
    return `the token expired on ${expiresAt.toISOString()}: make a new one`
  return 'the token has been used, was revoked or has expired: make a new one'
}

function requireCertificate({ client, searchedFolders }: TlsSettings): void {
  if (client !== undefined) return
  const places = searchedFolders.length === 0 ? '' : `There is none in ${searchedFolders.join(', ')}. `
  throw new Error(
    `trust(): no client certificate to enrol. ${places}Pass cert and key; \`lxc remote generate-certificate\` makes a pair, or ` +
      '`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -subj /CN=me -days 3650 -keyout client.key -out client.crt`',
  )
}

async function refuseWithoutTls(): Promise<never> {
  throw new TypeError('trust(): only for a server over https://')
}
