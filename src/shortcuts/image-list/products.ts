import { isRecord } from '../../common/is-record.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { debianArchitecture } from './architecture.ts'
import type { ListedImage } from './listed-image.ts'

/** What the files of an image tell of it. */
type ImageContent = Pick<ListedImage, 'fingerprint' | 'type' | 'size'>

/** Who is to use an image: each program has files of its own on an image server. */
export type ImageConsumer = 'lxd' | 'incus'

interface RootFile {
  readonly type: ListedImage['type']
  /** Fields of the metadata's item for the fingerprint of the image that this file makes with it. */
  readonly hashes: readonly string[]
}

// In the order of preference, where a version has several.
const ROOT_FILES: Readonly<Record<string, RootFile>> = {
  squashfs: { type: 'container', hashes: ['combined_squashfs_sha256'] },
  'root.tar.xz': { type: 'container', hashes: ['combined_rootxz_sha256', 'combined_sha256'] },
  'disk-kvm.img': { type: 'virtual-machine', hashes: ['combined_disk-kvm-img_sha256'] },
  'uefi1.img': { type: 'virtual-machine', hashes: ['combined_uefi1-img_sha256'] },
  'disk1.img': { type: 'virtual-machine', hashes: ['combined_disk1-img_sha256'] },
}
const PREFERENCE = Object.keys(ROOT_FILES)

/** The images in a list of products of an image server; all versions have the aliases of their product. */
export function imagesIn(products: Fields, consumer: ImageConsumer): readonly ListedImage[] {
  return Object.values(products).flatMap(product => imagesOfProduct(fieldsOf(product), consumer))
}

/** The same images, the newest first; an alias is only that of the newest image of its type and architecture. */
export function sortImages(images: readonly ListedImage[]): readonly ListedImage[] {
  const taken = new Set<string>()
  const sorted = images.toSorted((one, other) => other.created.getTime() - one.created.getTime())
  return sorted.map(image => {
    const keyOf = (alias: string): string => [alias, image.type, image.architecture].join(' ')
    const aliases = image.aliases.filter(alias => !taken.has(keyOf(alias)))
    for (const alias of aliases) taken.add(keyOf(alias))
    return { ...image, aliases }
  })
}

function imagesOfProduct(product: Fields, consumer: ImageConsumer): ListedImage[] {
  return Object.entries(fieldsOf(product.versions)).flatMap(([serial, version]) => {
    const created = parseSerial(serial)
    if (created === undefined) return []
    const { label, items } = fieldsOf(version)
    const details = detailsOf(product, textOf(label), serial)
    return imagesOfVersion(Object.values(fieldsOf(items)).filter(isRecord), consumer).map(image => ({
      ...details,
      ...image,
      created,
    }))
  })
}

// As the programs do, those that lack a fingerprint are left out.
function imagesOfVersion(items: readonly Fields[], consumer: ImageConsumer): readonly ImageContent[] {
  const unified = items.filter(({ ftype }) => ftype === `${consumer}_combined.tar.gz`).map(unifiedImage)
  const metadata = items.find(({ ftype }) => ftype === `${consumer}.tar.xz`)
  const split = metadata === undefined ? [] : PREFERENCE.flatMap(ftype => splitImages(items, metadata, ftype))
  return [...unified, ...split].filter(({ fingerprint }) => fingerprint !== '')
}

function unifiedImage(item: Fields): ImageContent {
  const type = item.combined_type === 'virtual-machine' ? 'virtual-machine' : 'container'
  return { fingerprint: textOf(item.sha256), type, size: sizeOf(item) }
}

function splitImages(items: readonly Fields[], metadata: Fields, ftype: string): readonly ImageContent[] {
  const { type, hashes } = ROOT_FILES[ftype] as RootFile // Safe cast: it is one of the keys.
  const fingerprint = hashes.map(name => textOf(metadata[name])).find(hash => hash !== '') ?? ''
  return items
    .filter(item => item.ftype === ftype)
    .map(item => ({ fingerprint, type, size: sizeOf(metadata) + sizeOf(item) }))
}

function sizeOf({ size }: Fields): number {
  return typeof size === 'number' ? size : 0
}

function detailsOf(
  product: Fields,
  label: string,
  serial: string,
): Omit<ListedImage, keyof ImageContent | 'created'> {
  const [os, release, title, variant] = [
    product.os,
    product.release,
    product.release_title,
    product.variant,
  ].map(textOf)
  const architecture = debianArchitecture(textOf(product.arch))
  const notes = [variant === 'default' ? '' : variant, label, serial]
    .filter(Boolean)
    .map(note => ` (${note})`)
  return {
    aliases: textOf(product.aliases).split(',').filter(Boolean),
    architecture,
    release: release || undefined,
    variant: variant || undefined,
    description: [os, title || release, architecture].filter(Boolean).join(' ') + notes.join(''),
  }
}

// `20261126_07:42`, `20261126`, `20261126.1`
function parseSerial(serial: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(?:_(\d\d):?(\d\d))?/.exec(serial)?.slice(1)
  if (parts === undefined) return undefined
  const [year, month, day, hour = '00', minute = '00'] = parts
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:00Z`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
