import { inspect } from 'node:util'
import { isError } from '../common/is-error.ts'
import { isRecord } from '../common/is-record.ts'
import { hasSecretWord, isSecretContainer, isSecretKey } from './secret-names.ts'
import { MASK, redactText } from './text.ts'

export { isSecretKey } from './secret-names.ts'
export { MASK, redactText, redactUrl } from './text.ts'

// JSON.stringify() and util.inspect() recurse once for each level.
const MAX_DEPTH = 100
const TOO_DEEP = '…'
// The values of `auth` in the answer to GET /1.0: whether the server trusts the client.
const AUTH_STATES: ReadonlySet<unknown> = new Set(['trusted', 'untrusted'])
const PROGRAM_WITH_PASSWORD = /(?:^|\/)(?:login|sshpass|mysql\w*|mariadb\w*)$/
// How many words before `-p` its program may be in a command.
const MAX_WORDS_BACK = 8

/** Returns a deep copy of a JSON value without its secrets; what is nested deeper than 100 levels is `…`. */
export function redact(value: unknown): unknown {
  return copy(value, 0, false)
}

/** Redacts a value that is at a path in a document, such as `['config', 'user.password']`. */
export function redactAt(path: readonly string[], value: unknown): unknown {
  const isInside = path.some(isSecretContainer) || path.slice(0, -1).some(hasSecretWord)
  return copy(value, 0, isInside || isMaskedField(path.at(-1) ?? '', value, false))
}

/** Whether Node.js prints a secret when it prints this error, such as one of another package. */
export function showsSecret(error: unknown): boolean {
  // File names in the stack are not secret, though they may look so.
  const shown = inspect(error).replace(/^\s+at .*$/gm, '')
  return redactText(shown) !== shown
}

function copy(value: unknown, depth: number, isMasked: boolean): unknown {
  if (typeof value === 'string') return isMasked ? maskLeaf(value) : redactText(value)
  if (typeof value !== 'object' || value === null) return isMasked ? maskLeaf(value) : value
  if (depth === MAX_DEPTH) return TOO_DEEP
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`
  if (isError(value)) return showsSecret(value) ? redactText(String(value)) : value
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
  // In the server's own document, `environment` is not that of a command.
  if (isSecretContainer(name)) return !(isServer && name === 'environment')
  if (!isSecretKey(name)) return false
  return isRecord(value) ? hasSecretWord(name) : !(name === 'auth' && AUTH_STATES.has(value))
}

// GET /1.0/metadata/configuration documents each key under its name.
function isDocumentation(value: unknown): boolean {
  return isRecord(value) && ('longdesc' in value || 'shortdesc' in value)
}

// `--password value`, as the elements of a command.
function isOptionValue(list: readonly unknown[], index: number): boolean {
  const option = list[index - 1]
  if (typeof option !== 'string' || !option.startsWith('-')) return false
  if (option !== '-p') return /^--?[\w-]+$/.test(option) && isSecretKey(option)
  return list.slice(Math.max(0, index - MAX_WORDS_BACK), index).some(isProgramWithPassword)
}

function isProgramWithPassword(word: unknown): boolean {
  return typeof word === 'string' && PROGRAM_WITH_PASSWORD.test(word)
}

// `core.trust_password: true` and an empty password only say whether there is one.
function maskLeaf(value: unknown): unknown {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? MASK : value
}
