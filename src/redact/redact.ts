import { inspect } from 'node:util'
import { isRecord } from '../common/is-record.ts'
import { isOpaqueKey, isSecretKey, isStrongKey } from './secret-names.ts'
import { MASK, redactText } from './text.ts'

export { isSecretKey } from './secret-names.ts'
export { MASK, redactText, redactUrl } from './text.ts'

// JSON.stringify() and util.inspect() call themselves once for each level.
const MAX_DEPTH = 100
const DEEPER = '…'
// What `auth` may be in the answer to GET /1.0, which tells whether the server trusts the client.
const TRUST: ReadonlySet<unknown> = new Set(['trusted', 'untrusted'])
const PROGRAM_WITH_PASSWORD = /(?:^|\/)(?:login|sshpass|mysql\w*|mariadb\w*)$/
// How far before `-p` its program may stand in a command.
const COMMAND_REACH = 8

/** A deep copy of a JSON value without passwords, tokens, websocket secrets and private keys; what is too deep is `…`. */
export function redact(value: unknown): unknown {
  return copy(value, 0, false)
}

/** The same for a value that stands at a path in a document, such as `['config', 'user.password']`. */
export function redactAt(path: readonly string[], value: unknown): unknown {
  const isInside = path.some(isOpaqueKey) || path.slice(0, -1).some(isStrongKey)
  return copy(value, 0, isInside || isMaskedField(path.at(-1) ?? '', value, false))
}

/** Whether what Node.js prints of an error of somebody else shows a secret. */
export function showsSecret(error: unknown): boolean {
  // Where the stack leads through is no secret, though a file may be called so.
  const shown = inspect(error).replace(/^\s+at .*$/gm, '')
  return redactText(shown) !== shown
}

function copy(value: unknown, depth: number, isMasked: boolean): unknown {
  if (typeof value === 'string') return isMasked ? maskLeaf(value) : redactText(value)
  if (typeof value !== 'object' || value === null) return isMasked ? maskLeaf(value) : value
  if (depth === MAX_DEPTH) return DEEPER
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`
  if (value instanceof Error) return showsSecret(value) ? redactText(String(value)) : value
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return copy(value.toJSON(), depth + 1, isMasked)
  return Array.isArray(value) ? copyList(value, depth, isMasked) : copyObject(value, depth, isMasked)
}

function copyList(list: readonly unknown[], depth: number, isMasked: boolean): unknown[] {
  return list.map((one, index) => copy(one, depth + 1, isMasked || isOptionValue(list, index)))
}

function copyObject(object: object, depth: number, isMasked: boolean): Record<string, unknown> {
  const isServer = 'api_extensions' in object
  const fields = Object.entries(object).map(([name, value]) => {
    return [name, copy(value, depth + 1, isMasked || isMaskedField(name, value, isServer))]
  })
  return Object.fromEntries(fields)
}

function isMaskedField(name: string, value: unknown, isServer: boolean): boolean {
  if (isDocumentation(value)) return false
  // What the server tells about itself is no environment of a command.
  if (isOpaqueKey(name)) return !(isServer && name === 'environment')
  if (!isSecretKey(name)) return false
  return isRecord(value) ? isStrongKey(name) : !(name === 'auth' && TRUST.has(value))
}

// GET /1.0/metadata/configuration describes keys under their names.
function isDocumentation(value: unknown): boolean {
  return isRecord(value) && ('longdesc' in value || 'shortdesc' in value)
}

// `--password value`, as the elements of a command.
function isOptionValue(list: readonly unknown[], index: number): boolean {
  const option = list[index - 1]
  if (typeof option !== 'string' || !option.startsWith('-')) return false
  if (option !== '-p') return /^--?[\w-]+$/.test(option) && isSecretKey(option)
  return list.slice(Math.max(0, index - COMMAND_REACH), index).some(isProgramWithPassword)
}

function isProgramWithPassword(word: unknown): boolean {
  return typeof word === 'string' && PROGRAM_WITH_PASSWORD.test(word)
}

// `core.trust_password: true` and an empty password tell whether there is one, not which.
function maskLeaf(value: unknown): unknown {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? MASK : value
}
