import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UNSET_TIME } from '../common/go-time.ts'
import { isRecord } from '../common/is-record.ts'
import { textOf } from '../common/text-of.ts'
import type { OidcStore } from './options.ts'
import { claimsOf, expiryOf, type OidcTokens, timeOf } from './tokens.ts'

/**
 * A store in a file, in the form of the `oidctokens/<remote>.json` of `lxc` and `incus`. Only this user may read the file,
 * which is replaced as a whole.
 *
 * @example
 * const store = oidcTokenFile('/var/lib/myapp/tokens.json')
 * const api = API.factory({ baseUrl, serverCert, oidc: { store, onCode: ({ url }) => console.log(url) } })
 */
export function oidcTokenFile(path: string): OidcStore {
  if (typeof path !== 'string' || path === '') throw new TypeError('oidcTokenFile(): give the path of a file')
  return {
    read: async () => tokensOf(await readFields(path)),
    write: async tokens => {
      // The programs' own fields stay, such as `IDTokenClaims`.
      const fields = await readFields(path).catch(() => ({}))
      await replaceFile(path, JSON.stringify({ IDTokenClaims: null, ...fields, ...fieldsOf(tokens) }))
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

function tokensOf({ access_token, refresh_token, expiry, IDToken }: Fields): OidcTokens | undefined {
  const accessToken = textOf(access_token)
  if (accessToken === undefined) return undefined
  const idToken = textOf(IDToken)
  return {
    accessToken,
    // The programs write the time of the log-in as `expiry`, and don't read it.
    expiresAt: expiryOf(accessToken) ?? timeOf(String(expiry)),
    refreshToken: textOf(refresh_token),
    issuer: textOf(claimsOf(idToken).iss) ?? textOf(claimsOf(accessToken).iss),
    idToken,
  }
}

function fieldsOf({ accessToken, refreshToken = '', expiresAt, idToken = '' }: OidcTokens): Fields {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    refresh_token: refreshToken,
    expiry: expiresAt ?? UNSET_TIME,
    IDToken: idToken,
  }
}

async function readFields(path: string): Promise<Fields> {
  try {
    const fields: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (isRecord(fields)) return fields
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    if (code !== undefined) throw error
    // The message of JSON.parse() would quote a token.
  }
  throw new Error(`${path} holds no tokens that can be read: delete it, and log in again`)
}

async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
