import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** The text of each file by its path below `src/`. */
export type Sources = ReadonlyMap<string, string>

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

// Each part imports only itself and what stands before it.
const PARTS = [
  'common/',
  'redact/',
  'request/',
  'connection/',
  'errors/',
  'answer/',
  'trace/',
  'client/',
  'websocket/',
  'events/',
  'operations/',
  'oidc/',
  'remotes/',
  'promise.ts',
  'result.ts',
  'path.ts',
  'config.ts',
  'rest.ts',
  'guest.ts',
  'checked-path.ts',
  'api.ts',
  'shortcuts/shared/',
  'shortcuts/image-source/',
  'shortcuts/transfer/',
  'shortcuts/state/',
  'shortcuts/',
  'shortcuts.ts',
  'index.ts',
  'testing/',
  'testing.ts',
]

// `Path` and `APIResult` know each other: a verb gives a result, and a result is on a path.
const ALLOWED_TYPES: ReadonlySet<string> = new Set(['promise.ts result.ts', 'result.ts path.ts'])

const IMPORT =
  /^(import|export)\b(?<clause>[^'"]*?)\bfrom '(?<from>\.[^']*)'|\bimport\('(?<called>\.[^']*)'\)|^import '(?<bare>\.[^']*)'/gm

/** All files below a folder. */
export function readSources(folder: string): Sources {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts'),
  )
  return new Map(files.map(name => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** The imports against the order of the parts, and one import of each cycle, as `file → file`. */
export function findWrongImports(sources: Sources): readonly string[] {
  const imports = [...sources]
    .flatMap(([file, text]) => listImports(file, text))
    .filter(one => !isAllowed(one))
  const upwards = imports.filter(({ from, to }) => rankOf(to) > rankOf(from))
  return [...upwards.map(show), ...findCycles(imports).map(cycle => `cycle: ${cycle.join(' → ')}`)]
}

/** The relative imports in the text of a file. */
export function listImports(from: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map(({ groups: { clause = '', from: named, called, bare } = {} }) => ({
    from,
    to: normalize(join(from, '..', named ?? called ?? bare ?? '')),
    isType: isTypeOnly(clause),
  }))
}

// `import type { A }`, and `import { type A, type B }`.
function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    ?.split(',')
    .filter(name => name.trim() !== '')
  return names !== undefined && names.length > 0 && names.every(name => /^\s*type\s/.test(name))
}

function isAllowed({ from, to, isType }: Import): boolean {
  return isType && ALLOWED_TYPES.has(`${from} ${to}`)
}

function rankOf(file: string): number {
  const rank = PARTS.findIndex(part => file === part || (part.endsWith('/') && file.startsWith(part)))
  if (rank === -1) throw new Error(`${file} is in none of the parts: give it a place in PARTS`)
  return rank
}

function show({ from, to }: Import): string {
  return `${from} → ${to}`
}

function findCycles(imports: readonly Import[]): readonly (readonly string[])[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (file: string, way: readonly string[]): void => {
    const begin = way.indexOf(file)
    if (begin !== -1) cycles.push([...way.slice(begin), file])
    if (begin !== -1 || done.has(file)) return
    for (const to of next.get(file) ?? []) visit(to, [...way, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return cycles
}
