import type { OutgoingHttpHeaders } from 'node:http'
import { posix } from 'node:path'
import { type FakeRequest, Refusal, type Reply, sync } from './reply.ts'

interface Entry {
  readonly type: string
  readonly mode: string
  readonly uid: string
  readonly gid: string
  readonly modified: Date
  /** Of a symlink, its target. */
  readonly content: Buffer
}

const FOLDERS = [
  '/',
  '/bin',
  '/dev',
  '/etc',
  '/mnt',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
]

/** The files of an instance, in memory. */
export class FileTree {
  readonly #entries: Map<string, Entry>

  constructor(entries?: ReadonlyMap<string, Entry>) {
    this.#entries = new Map(entries ?? FOLDERS.map(path => [path, entryOf('directory', '0755')]))
  }

  /** The same files again; entries are never changed, but replaced. */
  copy(): FileTree {
    return new FileTree(this.#entries)
  }

  /** Puts a file where there may be no folder for it yet. */
  add(path: string, content: string | Uint8Array): void {
    for (let folder = posix.dirname(path); !this.#entries.has(folder); folder = posix.dirname(folder))
      this.#entries.set(folder, entryOf('directory', '0755'))
    this.#entries.set(path, entryOf('file', '0644', Buffer.from(content)))
  }

  /** Answers a request to `/1.0/instances/<name>/files`. */
  answer(request: FakeRequest): Reply {
    const path = posix.resolve('/', request.query.get('path') ?? '')
    if (request.method === 'POST') this.#write(path, request)
    else if (request.method === 'DELETE') this.#delete(path)
    else return this.#read(path)
    return sync({})
  }

  #read(path: string): Reply {
    const entry = this.#find(path)
    const headers = headersOf(entry)
    if (entry.type === 'directory') return sync(this.#namesIn(path), headers)
    return { headers: { 'content-type': 'application/octet-stream', ...headers }, body: entry.content }
  }

  #write(path: string, { headers, body }: FakeRequest): void {
    this.#find(posix.dirname(path))
    const found = this.#entries.get(path)
    const type = headerOf(headers, 'type') ?? 'file'
    if (type === 'directory' && found?.type === 'directory') return
    const isAppended = headerOf(headers, 'write') === 'append'
    const before = isAppended && found?.type === 'file' ? found.content : Buffer.alloc(0)
    const mode = headerOf(headers, 'mode') ?? found?.mode ?? DEFAULT_MODES[type] ?? '0644'
    const owner = { uid: headerOf(headers, 'uid'), gid: headerOf(headers, 'gid') }
    const entry = entryOf(type, mode, Buffer.concat([before, body]))
    this.#entries.set(path, {
      ...entry,
      uid: owner.uid ?? found?.uid ?? '0',
      gid: owner.gid ?? found?.gid ?? '0',
    })
  }

  #delete(path: string): void {
    const { type } = this.#find(path)
    if (type === 'directory' && this.#namesIn(path).length > 0)
      throw new Refusal(500, `sftp: "remove ${path}: directory not empty" (SSH_FX_FAILURE)`)
    this.#entries.delete(path)
  }

  #find(path: string): Entry {
    const entry = this.#entries.get(path)
    if (entry === undefined) throw new Refusal(404, 'Not Found')
    return entry
  }

  #namesIn(folder: string): string[] {
    return [...this.#entries.keys()]
      .filter(path => path !== '/' && posix.dirname(path) === folder)
      .map(path => posix.basename(path))
  }
}

const DEFAULT_MODES: Readonly<Record<string, string>> = { directory: '0755', symlink: '0777' }

function entryOf(type: string, mode: string, content: Buffer = Buffer.alloc(0)): Entry {
  return { type, mode, uid: '0', gid: '0', modified: new Date(), content }
}

function headersOf({ type, mode, uid, gid, modified }: Entry): OutgoingHttpHeaders {
  const time = `${modified.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
  return {
    'x-lxd-type': type,
    'x-lxd-mode': mode,
    'x-lxd-uid': uid,
    'x-lxd-gid': gid,
    'x-lxd-modified': time,
  }
}

function headerOf(headers: FakeRequest['headers'], name: string): string | undefined {
  const value = headers[`x-lxd-${name}`] ?? headers[`x-incus-${name}`]
  return value === undefined ? undefined : String(value)
}
