import { checkUnicode } from '../../common/unicode.ts'

/** An image as `lxc` and `incus` name it. */
export interface ParsedName {
  /** The name of a remote, which may say its program: `incus:prod`; `undefined` for the server itself. */
  readonly remote: string | undefined
  /** An alias, or a fingerprint, in whole or its first characters; '' for the default image of a remote. */
  readonly image: string
}

// A remote, with its program if two colons follow, and the image, which may have colons too: `docker:nginx:1.27`.
const NAME = /^(?<remote>(?:lxc|incus):[^:]+(?=:)|[^:]*):(?<image>.*)$/s

/**
 * Splits the name of an image, such as `ubuntu:24.04`.
 *
 * @throws {TypeError} it is empty, or not Unicode
 */
export function parseImageName(text: string): ParsedName {
  checkUnicode(text, 'source')
  const { remote, image = text } = NAME.exec(text)?.groups ?? {}
  if (text.trim() === '' || remote === '')
    throw new TypeError(
      `source: give the name of an image, such as 'ubuntu:24.04' or an alias of the server, not '${text}'`,
    )
  return { remote, image }
}
