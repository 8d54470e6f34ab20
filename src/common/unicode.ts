/**
 * Refuses text that can't be sent, since it has half a character in it; `name` says which it is.
 *
 * @throws {TypeError} it has a surrogate without the other one of its pair
 */
export function checkUnicode(text: string, name: string): void {
  if (text.isWellFormed()) return
  throw new TypeError(`${name.toWellFormed()} must be Unicode text, and has a lone surrogate in it`)
}
