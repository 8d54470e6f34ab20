import { debianArchitecture } from './architecture.ts'

/** An image of an image server, or of LXD or Incus. */
export interface ListedImage {
  /** Its names; of several versions of an image, only the newest has any. */
  readonly aliases: readonly string[]
  readonly fingerprint: string
  /** As Debian calls it, whatever the server does: `amd64`, `arm64`. */
  readonly architecture: string
  readonly type: 'container' | 'virtual-machine'
  /** Bytes. */
  readonly size: number
  readonly created: Date
  /** `noble`; `undefined` if the server does not say, as for images made of instances. */
  readonly release: string | undefined
  /** `default`, `cloud`; `undefined` if there is but one. */
  readonly variant: string | undefined
  readonly description: string
}

/** Which images to list: those that match all that is given. */
export interface ImageFilter {
  /** As Debian, the kernel or Node.js call it: `amd64`, `x86_64`, `process.arch`. */
  readonly architecture?: string
  readonly type?: ListedImage['type']
  /** The whole alias: `debian/12`. */
  readonly alias?: string
  readonly release?: string
  readonly variant?: string
}

/** The names of {@link ImageFilter}. */
export const IMAGE_FILTER = ['architecture', 'type', 'alias', 'release', 'variant'] as const

/**
 * Rejects a filter that no image can match.
 *
 * @throws {TypeError} a value is not text, or the type is unknown
 */
export function checkFilter(filter: ImageFilter): void {
  for (const name of IMAGE_FILTER) {
    const value: unknown = filter[name]
    if (value !== undefined && typeof value !== 'string')
      throw new TypeError(`listImages(): ${name} must be text, not ${String(value)}`)
  }
  if (![undefined, 'container', 'virtual-machine'].includes(filter.type))
    throw new TypeError(`listImages(): type must be 'container' or 'virtual-machine', not '${filter.type}'`)
}

/** Whether an image is one of those to list. */
export function isListed(image: ListedImage, filter: ImageFilter): boolean {
  const { architecture = image.architecture, alias, type, release, variant } = filter
  return (
    image.architecture === debianArchitecture(architecture) &&
    (alias === undefined || image.aliases.includes(alias)) &&
    image.type === (type ?? image.type) &&
    image.release === (release ?? image.release) &&
    image.variant === (variant ?? image.variant)
  )
}
