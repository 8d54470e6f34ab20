import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { PacketReader } from '../../src/shortcuts/sftp/packet-reader.ts'
import { encodeRequest, type Field, OPEN, REPLY, REQUEST } from '../../src/shortcuts/sftp/packets.ts'
import { Reply } from '../../src/shortcuts/sftp/reply.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { failure, serve, type TestServer } from './server.ts'

/** One request as it arrived. */
export interface SftpRequest {
  /** Which connection it came on, and which of its requests it is, from 0 on. */
  readonly connection: number
  readonly at: number
  readonly type: number
  readonly id: number
}

/** Sends the reply to a request, or does something else. */
export type Deliver = (request: SftpRequest, reply: Buffer, socket: Socket) => void

/** A server of files in a temporary folder. */
export interface SftpServer extends TestServer {
  readonly folder: string
  readonly requests: readonly SftpRequest[]
}

type Answer = readonly [type: number, fields: readonly Field[]]

const EOF = 1
const CODES: Readonly<Record<string, number>> = { ENOENT: 2, EACCES: 3 }
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file exists',
  ENOTDIR: 'not a directory',
}

/** Serves the files of a folder over SFTP, and nothing over HTTP; `deliver` decides what becomes of each reply. */
export async function serveSftp(
  t: TestContext,
  deliver: Deliver = (_request, reply, socket) => socket.write(reply),
  options = {},
): Promise<SftpServer> {
  const served = await serve(t, failure(404, 'not found'), options)
  const folder = createTempFolder()
  const requests: SftpRequest[] = []
  let connections = 0
  served.server.on('upgrade', (_request, socket: Socket) => {
    const connection = connections++
    const files = new Files(folder)
    let at = 0
    socket.on('error', () => {}).on('end', () => socket.end())
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: sftp\r\nConnection: Upgrade\r\n\r\n')
    const reader = new PacketReader(packet => {
      const fields = new Reply(packet)
      const request = { connection, at: at++, type: fields.type, id: fields.id }
      requests.push(request)
      if (!socket.destroyed) deliver(request, files.answer(fields), socket)
    })
    socket.on('data', chunk => reader.read(chunk))
    socket.on('close', () => files.close())
  })
  return { ...served, folder, requests }
}

/** A status reply. */
export function statusReply(id: number, code: number, words = ''): Buffer {
  return encodeRequest(REPLY.status, id, [code, words, ''])
}

class Files {
  readonly #folder: string
  readonly #files = new Map<string, number>()
  readonly #directories = new Map<string, Field[][]>()
  #handles = 0
  // Modes and times are left to real servers.
  readonly #actions: Readonly<Record<number, (request: Reply) => Answer | undefined>> = {
    [REQUEST.open]: request => this.#open(request),
    [REQUEST.close]: request => void this.#close(request),
    [REQUEST.read]: request => this.#read(request),
    [REQUEST.write]: request => void this.#write(request),
    [REQUEST.lstat]: request => [REPLY.attributes, attributes(lstatSync(this.#path(request)))],
    [REQUEST.stat]: request => [REPLY.attributes, attributes(statSync(this.#path(request)))],
    [REQUEST.fstat]: request => [REPLY.attributes, attributes(fstatSync(this.#file(request)))],
    [REQUEST.setstat]: request => void statSync(this.#path(request)),
    [REQUEST.fsetstat]: request => void this.#file(request),
    [REQUEST.opendir]: request => this.#openDirectory(request),
    [REQUEST.readdir]: request => this.#readDirectory(request),
    [REQUEST.remove]: request => void unlinkSync(this.#path(request)),
    [REQUEST.mkdir]: request => void mkdirSync(this.#path(request)),
    [REQUEST.rmdir]: request => void rmdirSync(this.#path(request)),
    [REQUEST.readlink]: request => this.#readLink(request),
    [REQUEST.symlink]: request => void this.#link(request),
    [REQUEST.extended]: request => void this.#rename(request),
  }

  constructor(folder: string) {
    this.#folder = folder
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file)
    this.#files.clear()
  }

  answer(request: Reply): Buffer {
    const { id } = request
    if (request.type === REQUEST.init)
      return encodeRequest(REPLY.version, id, ['posix-rename@openssh.com', '1'])
    try {
      const [type, fields] = this.#handle(request)
      return encodeRequest(type, id, fields)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      return statusReply(id, code === 'EOF' ? EOF : (CODES[code] ?? 4), `it failed: ${WORDS[code] ?? code}`)
    }
  }

  #handle(request: Reply): Answer {
    const act = this.#actions[request.type] ?? fail('ENOTSUP')
    return act(request) ?? [REPLY.status, [0, '', '']]
  }

  #path(request: Reply): string {
    return join(this.#folder, request.text())
  }

  #file(request: Reply): number {
    return this.#files.get(request.text()) ?? fail('EBADF')
  }

  #open(request: Reply): Answer {
    const path = this.#path(request)
    const flags = request.uint32()
    const isWriting = (flags & OPEN.write) !== 0
    const writing = flags & OPEN.create ? (flags & OPEN.exclusive ? 'wx' : 'w') : 'r+'
    return [REPLY.handle, [this.#add(openSync(path, isWriting ? writing : 'r'))]]
  }

  #close(request: Reply): void {
    const handle = request.text()
    const opened = this.#files.get(handle)
    if (opened !== undefined) closeSync(opened)
    this.#files.delete(handle)
  }

  #read(request: Reply): Answer {
    const file = this.#file(request)
    const position = Number(request.uint64())
    const buffer = Buffer.alloc(request.uint32())
    const read = readSync(file, buffer, 0, buffer.length, position)
    return read === 0 ? fail('EOF') : [REPLY.data, [buffer.subarray(0, read)]]
  }

  #write(request: Reply): void {
    const file = this.#file(request)
    const position = Number(request.uint64())
    writeSync(file, request.bytes(), 0, undefined, position)
  }

  #openDirectory(request: Reply): Answer {
    const path = this.#path(request)
    const handle = String(this.#handles++)
    const entries = readdirSync(path).map(name => [name, '', ...attributes(lstatSync(join(path, name)))])
    this.#directories.set(handle, entries)
    return [REPLY.handle, [handle]]
  }

  #readDirectory(request: Reply): Answer {
    const entries = this.#directories.get(request.text()) ?? fail('EBADF')
    if (entries.length === 0) fail('EOF')
    const some = entries.splice(0, 3)
    return [REPLY.name, [some.length, ...some.flat()]]
  }

  #readLink(request: Reply): Answer {
    const target = readlinkSync(this.#path(request))
    return [REPLY.name, [1, target, target, 0]]
  }

  #link(request: Reply): void {
    const target = request.text()
    symlinkSync(target, this.#path(request))
  }

  #rename(request: Reply): void {
    if (request.text() !== 'posix-rename@openssh.com') fail('ENOTSUP')
    const from = this.#path(request)
    renameSync(from, this.#path(request))
  }

  #add(file: number): string {
    const handle = String(this.#handles++)
    this.#files.set(handle, file)
    return handle
  }
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code })
}

function attributes({ size, uid, gid, mode, atimeMs, mtimeMs }: Stats): Field[] {
  const seconds = [atimeMs, mtimeMs].map(ms => Math.floor(ms / 1000))
  return [0b1111, BigInt(size), uid, gid, mode, ...seconds]
}
