import {
  closeSync,
  existsSync,
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
import { encodeRequest, type Field, REPLY, REQUEST } from '../../src/shortcuts/sftp/packets.ts'
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

  #handle(request: Reply): [number, readonly Field[]] {
    const done: [number, readonly Field[]] = [REPLY.status, [0, '', '']]
    const path = (): string => join(this.#folder, request.text())
    const file = (): number => this.#files.get(request.text()) ?? fail('EBADF')
    switch (request.type) {
      case REQUEST.open: {
        const place = path()
        const flags = request.uint32()
        const mode = flags & 8 ? (flags & 32 ? 'wx' : 'w') : flags & 2 ? 'r+' : 'r'
        return [REPLY.handle, [this.#add(openSync(place, mode))]]
      }
      case REQUEST.close: {
        const handle = request.text()
        const opened = this.#files.get(handle)
        if (opened !== undefined) closeSync(opened)
        this.#files.delete(handle)
        return done
      }
      case REQUEST.read: {
        const opened = file()
        const position = Number(request.uint64())
        const buffer = Buffer.alloc(request.uint32())
        const read = readSync(opened, buffer, 0, buffer.length, position)
        return read === 0 ? fail('EOF') : [REPLY.data, [buffer.subarray(0, read)]]
      }
      case REQUEST.write: {
        const opened = file()
        const position = Number(request.uint64())
        writeSync(opened, request.bytes(), 0, undefined, position)
        return done
      }
      case REQUEST.lstat:
        return [REPLY.attributes, attributes(lstatSync(path()))]
      case REQUEST.stat:
        return [REPLY.attributes, attributes(statSync(path()))]
      case REQUEST.fstat:
        return [REPLY.attributes, attributes(fstatSync(file()))]
      // Modes and times are left to real servers.
      case REQUEST.setstat:
        return existsSync(path()) ? done : fail('ENOENT')
      case REQUEST.fsetstat:
        return file() >= 0 ? done : fail('EBADF')
      case REQUEST.opendir: {
        const place = path()
        const handle = String(this.#handles++)
        const entries = readdirSync(place).map(name => [
          name,
          '',
          ...attributes(lstatSync(join(place, name))),
        ])
        this.#directories.set(handle, entries)
        return [REPLY.handle, [handle]]
      }
      case REQUEST.readdir: {
        const entries = this.#directories.get(request.text()) ?? fail('EBADF')
        if (entries.length === 0) fail('EOF')
        const some = entries.splice(0, 3)
        return [REPLY.name, [some.length, ...some.flat()]]
      }
      case REQUEST.remove:
        unlinkSync(path())
        return done
      case REQUEST.mkdir:
        mkdirSync(path())
        return done
      case REQUEST.rmdir:
        rmdirSync(path())
        return done
      case REQUEST.readlink: {
        const target = readlinkSync(path())
        return [REPLY.name, [1, target, target, 0]]
      }
      case REQUEST.symlink: {
        const target = request.text()
        symlinkSync(target, path())
        return done
      }
      case REQUEST.extended:
        if (request.text() !== 'posix-rename@openssh.com') fail('ENOTSUP')
        renameSync(path(), path())
        return done
      default:
        return fail('ENOTSUP')
    }
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
