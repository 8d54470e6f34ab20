import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { openSource } from '../transfer/source.ts'
import { type Form, formOf } from './multipart-form.ts'

/** An image in two files. */
export interface SplitImage {
  /** The path of the tarball with `metadata.yaml` and the templates. */
  readonly metadata: string
  /** The path of the root file system: a tarball or squashfs of a container, the disk of a virtual machine. */
  readonly rootfs: string
  readonly type?: 'container' | 'virtual-machine'
}

/** The path of an image in one file on this machine, or the paths of one in two. */
export type ImageFiles = string | SplitImage

/** The paths, in the order in which the fingerprint is computed. */
export function pathsOf(files: ImageFiles): readonly string[] {
  return typeof files === 'string' ? [files] : [files.metadata, files.rootfs]
}

/** The total number of bytes, as the server counts the size of an image. */
export async function sizeOf(files: ImageFiles): Promise<number> {
  const stats = await Promise.all(pathsOf(files).map(path => stat(path)))
  return stats.reduce((sum, { size }) => sum + size, 0)
}

/** Opens and encodes an image for an upload. */
export async function openImage(files: ImageFiles): Promise<Form> {
  if (typeof files === 'string') {
    return { contentType: 'application/octet-stream', source: await openSource(files) }
  }
  const metadata = await openSource(files.metadata)
  try {
    const rootfs = await openSource(files.rootfs)
    const rootfsName = files.type === 'virtual-machine' ? 'rootfs.img' : 'rootfs'
    const form = formOf([
      { name: 'metadata', filename: basename(files.metadata), source: metadata },
      { name: rootfsName, filename: basename(files.rootfs), source: rootfs },
    ])
    // If the form is not read to its end, neither are its files.
    form.source.stream.once('close', () => {
      metadata.stream.destroy()
      rootfs.stream.destroy()
    })
    return form
  } catch (error) {
    metadata.stream.destroy()
    throw error
  }
}
