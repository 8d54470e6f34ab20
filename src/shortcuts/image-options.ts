import { TRANSFER_OPTIONS, type TransferOptions } from './transfer.ts'

/** What an image is given. */
export interface ImageDetails {
  /** Aliases that are to name it; those that name another image are moved. */
  readonly aliases?: readonly string[]
  /** May clients without a certificate use it? */
  readonly public?: boolean
  /** Properties such as `os` and `release`, besides those that it has in itself. */
  readonly properties?: Readonly<Record<string, string>>
}

/** What an image is given, and how it travels. */
export interface ImageOptions extends ImageDetails, TransferOptions {}

/** The names of {@link ImageDetails}. */
export const IMAGE_DETAILS = ['aliases', 'public', 'properties'] as const

/** The names of {@link ImageOptions}. */
export const IMAGE_OPTIONS: ReadonlySet<string> = new Set<keyof ImageOptions>([
  ...IMAGE_DETAILS,
  ...TRANSFER_OPTIONS,
])
