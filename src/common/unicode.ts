/**
 * Checks that text can be encoded as UTF-8.
 *
 * @param name how the error message calls the text
 * @throws {TypeError} the text has a lone surrogate
 */
export function checkUnicode(text: string, name: string): void {
  if (text.isWellFormed()) return
  throw new TypeError(`${name.toWellFormed()} must be Unicode text, and has a lone surrogate in it`)
}
