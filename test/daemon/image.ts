import { execFileSync } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { createTempFolder } from './clean-up.ts'
import { findProgram } from './server-kinds.ts'

/** The content of an image; different options give a different fingerprint. */
export interface ImageOptions {
  /** A text in the image and in its description. */
  readonly variant?: string
  /** How many incompressible bytes it contains. */
  readonly padding?: number
  /** `/etc/inittab`, such as `console::respawn:/bin/sh` for a shell on the console. */
  readonly inittab?: string
}

/** The two files of a split image. */
export interface SplitImage {
  readonly metadata: string
  readonly rootfs: string
}

const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }
const FOLDERS = ['bin', 'dev', 'etc', 'mnt', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var/log', 'var/tmp']
let folder: string | undefined
const built = new Map<string, string>()

function noise(bytes: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes))
}

function writeRootfs(rootfs: string, { variant = '', padding = 0, inittab = '' }: ImageOptions): void {
  for (const name of FOLDERS) mkdirSync(join(rootfs, name), { recursive: true })
  for (const name of ['tmp', 'var/tmp']) chmodSync(join(rootfs, name), 0o1777)
  chmodSync(join(rootfs, 'root'), 0o700)
  const busybox = findProgram(['busybox'])
  if (busybox === undefined) throw new Error('no busybox program found')
  cpSync(busybox, join(rootfs, 'bin/busybox'), { dereference: true })
  chmodSync(join(rootfs, 'bin/busybox'), 0o755)
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const applet of applets.filter(name => name !== 'busybox')) {
    symlinkSync('busybox', join(rootfs, 'bin', applet))
  }
  for (const name of ['sbin', 'usr/bin', 'usr/sbin']) {
    symlinkSync('/bin', join(rootfs, name))
  }
  writeFileSync(join(rootfs, 'etc/inittab'), inittab && `${inittab}\n`)
  writeFileSync(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n',
  )
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nuser:x:1000:\n')
  writeFileSync(join(rootfs, 'etc/variant'), `${variant}\n`)
  if (padding > 0) writeFileSync(join(rootfs, 'var/padding'), noise(padding))
}

function writeMetadata(dir: string, { variant = '' }: ImageOptions): void {
  const properties = { os: 'busybox', release: 'static', description: `busybox ${variant}`.trimEnd() }
  const metadata = { architecture: ARCHITECTURES[arch()] ?? arch(), creation_date: 1, properties }
  // JSON is valid YAML.
  writeFileSync(join(dir, 'metadata.yaml'), `${JSON.stringify(metadata)}\n`)
}

function pack(file: string, dir: string, names: readonly string[]): void {
  const reproducible = [
    '--sort=name',
    '--mtime=@1',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=gnu',
  ]
  // gzip, since xz takes seconds for the padding.
  execFileSync('tar', [...reproducible, '-I', 'gzip -1', '-cf', file, '-C', dir, ...names])
}

function buildOnce(type: string, options: ImageOptions, write: (dir: string) => void): string {
  const key = JSON.stringify([type, options.variant, options.padding, options.inittab])
  const known = built.get(key)
  if (known !== undefined) return known
  folder ??= createTempFolder()
  const dir = join(folder, String(built.size))
  mkdirSync(dir)
  write(dir)
  built.set(key, dir)
  return dir
}

/** Builds a unified container image of about 1 MB; returns its path. */
export function buildImage(options: ImageOptions = {}): string {
  const dir = buildOnce('unified', options, dir => {
    writeRootfs(join(dir, 'rootfs'), options)
    writeMetadata(dir, options)
    pack(join(dir, 'image.tar.gz'), dir, ['metadata.yaml', 'rootfs'])
  })
  return join(dir, 'image.tar.gz')
}

/** Builds a split container image; returns the paths of its files. */
export function buildSplitImage(options: ImageOptions = {}): SplitImage {
  const dir = buildOnce('split', options, dir => {
    writeRootfs(join(dir, 'rootfs'), options)
    writeMetadata(dir, options)
    pack(join(dir, 'metadata.tar.gz'), dir, ['metadata.yaml'])
    pack(join(dir, 'rootfs.tar.gz'), join(dir, 'rootfs'), ['.'])
  })
  return { metadata: join(dir, 'metadata.tar.gz'), rootfs: join(dir, 'rootfs.tar.gz') }
}
