import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { arch } from 'node:os'
import type { SplitImage } from '../daemon/image.ts'
import type { Answer, Reply } from './server.ts'

const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Returns the answers of an image server that has one image: `busybox`, for LXD and for Incus. */
export function imageServer(image: SplitImage, prefix = ''): Answer {
  const [metadata, rootfs] = [readFileSync(image.metadata), readFileSync(image.rootfs)]
  const fingerprint = sha256(metadata, rootfs)
  const ofMetadata = {
    path: 'images/metadata.tar.xz',
    size: metadata.length,
    sha256: sha256(metadata),
    combined_rootxz_sha256: fingerprint,
  }
  const ofRootfs = {
    ftype: 'root.tar.xz',
    path: 'images/rootfs.tar.xz',
    size: rootfs.length,
    sha256: sha256(rootfs),
  }
  const items = {
    'lxd.tar.xz': { ftype: 'lxd.tar.xz', ...ofMetadata },
    'incus.tar.xz': { ftype: 'incus.tar.xz', ...ofMetadata },
    'root.tar.xz': ofRootfs,
  }
  const product = {
    aliases: 'busybox,busybox/static',
    arch: ARCHITECTURES[arch()] ?? arch(),
    os: 'Busybox',
    release: 'static',
    release_title: 'static',
    variant: 'default',
    versions: { '20261126_07:42': { items } },
  }
  const index = {
    images: { datatype: 'image-downloads', path: 'streams/v1/images.json', products: ['busybox'] },
  }
  return answerFiles(prefix, {
    'streams/v1/index.json': JSON.stringify({ format: 'index:1.0', index }),
    'streams/v1/images.json': JSON.stringify({ format: 'products:1.0', products: { busybox: product } }),
    'images/metadata.tar.xz': metadata,
    'images/rootfs.tar.xz': rootfs,
  })
}

/** Returns the answers of a server of files, each of which has an ETag; text is JSON. */
export function answerFiles(prefix: string, files: Readonly<Record<string, string | Buffer>>): Answer {
  return ({ url, headers }): Reply => {
    const body = files[url.slice(prefix.length + 1)]
    if (body === undefined || !url.startsWith(`${prefix}/`)) return { status: 404, body: 'Not found' }
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream'
    const etag = `"${sha256(Buffer.from(body))}"`
    if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } }
    return { body, headers: { 'content-type': type, etag, 'content-length': Buffer.byteLength(body) } }
  }
}

function sha256(...chunks: readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}
