import { checkUnicode } from '../../common/unicode.ts'
import { encodeSegment } from '../../request/segment.ts'
import type { ChangeOptions } from '../shared/limits.ts'
import { TRANSFER_OPTIONS, type TransferOptions } from '../transfer/options.ts'

/** The details of an image that can be set. */
export interface ImageDetails {
  /** Aliases of the image; those of another image are moved. */
  readonly aliases?: readonly string[]
  /** Whether clients without a certificate may use the image. */
  readonly public?: boolean
  /** Properties such as `os` and `release`, in addition to those in the image itself. */
  readonly properties?: Readonly<Record<string, string>>
}

/** The details of an image, and the options of its transfer. */
export interface ImageOptions extends ImageDetails, TransferOptions, Pick<ChangeOptions, 'check'> {}

/** The names of {@link ImageDetails}. */
export const IMAGE_DETAILS = ['aliases', 'public', 'properties'] as const

/** The names of {@link ImageOptions}. */
export const IMAGE_OPTIONS: ReadonlySet<string> = new Set<keyof ImageOptions>([
  ...IMAGE_DETAILS,
  ...TRANSFER_OPTIONS,
  'check',
])

/**
 * Rejects details that can't be encoded, before an image is sent.
 *
 * @throws {TypeError} an alias is not a name, or a property is not text
 */
export function checkDetails({ aliases = [], properties = {} }: ImageDetails): void {
  for (const alias of aliases) encodeSegment(alias, 'images/aliases')
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value !== 'string')
      throw new TypeError(`properties: '${name}' must be text, not ${String(value)}`)
    checkUnicode(name, `properties: the name '${name}'`)
    checkUnicode(value, `properties: '${name}'`)
  }
}
