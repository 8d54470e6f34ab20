import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Form, formOf } from '../transfer/multipart-form.ts'
import { openSource } from '../transfer/source.ts'

/** An image in two files. */
export interface SplitImage {
  /** Path of the tarball with `metadata.yaml` and the templates. */
  readonly metadata: string
  /** Path of the root file system: a tarball or squashfs of a container, the disk of a virtual machine. */
  readonly rootfs: string
  readonly type?: 'container' | 'virtual-machine'
}

/** The file or the files of an image on this machine: the path of the one, or both. */
export type ImageFiles = string | SplitImage

/** The paths in the order in which their bytes make the fingerprint. */
export function pathsOf(files: ImageFiles): readonly string[] {
  return typeof files === 'string' ? [files] : [files.metadata, files.rootfs]
}

/** How many bytes they have together, as the server counts an image. */
export async function sizeOf(files: ImageFiles): Promise<number> {
  const stats = await Promise.all(pathsOf(files).map(path => stat(path)))
  return stats.reduce((sum, { size }) => sum + size, 0)
}

/** Opens an image as it is sent. */
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
    // Where not all of the form is read, neither are its files.
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
