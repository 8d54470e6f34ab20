import { checkUnicode } from '../../common/unicode.ts'
import { encodeSegment } from '../../request/segment.ts'
import type { ChangeOptions } from '../shared/limits.ts'
import { TRANSFER_OPTIONS, type TransferOptions } from '../transfer/options.ts'

/** What an image is given. */
export interface ImageDetails {
  /** Aliases that are to name it; those that name another image are moved. */
  readonly aliases?: readonly string[]
  /** Whether clients without a certificate may use it. */
  readonly public?: boolean
  /** Properties such as `os` and `release`, besides those that it has in itself. */
  readonly properties?: Readonly<Record<string, string>>
}

/** What an image is given, and how it travels. */
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
 * Refuses details that a server could not be sent, before an image is.
 *
 * @throws {TypeError} an alias is no name, or a property no text
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
