const WIDTH = 110

/** Renders a TSDoc comment, on one line if it fits; '' without paragraphs. */
export function renderDoc(paragraphs: readonly string[], indent = ''): string {
  const [first, ...others] = paragraphs.filter(paragraph => paragraph !== '')
  if (first === undefined) return ''
  if (others.length === 0 && indent.length + first.length + 7 <= WIDTH) return `${indent}/** ${first} */\n`
  const lines = [first, ...others].map(text => wrap(text, `${indent} * `)).join(`${indent} *\n`)
  return `${indent}/**\n${lines}${indent} */\n`
}

function wrap(text: string, start: string): string {
  let lines = start.trimEnd()
  let used = lines.length
  for (const word of text.split(' ')) {
    const isFull = used + word.length >= WIDTH
    lines += isFull ? `\n${start}${word}` : ` ${word}`
    used = isFull ? start.length + word.length : used + 1 + word.length
  }
  return `${lines}\n`
}

/** Describes which servers have something, and its API extensions; '' if all have it. */
export function renderAvailability(
  servers: readonly string[],
  extensions: readonly string[],
  all: readonly string[],
): string {
  const missing = all.filter(server => !servers.includes(server))
  if (servers.length === 0 || missing.length === 0) return ''
  const [title = '', ...others] = [...new Set(servers.map(titleOf))]
  const lacking = missing.filter(server => others.length > 0 || titleOf(server) === title).join(' and ')
  const only = others.length > 0 ? '' : `${title} only`
  const not = lacking && `${only ? ', not' : 'Not'} in ${lacking}`
  return `${only}${not}${renderExtensions(extensions)}.`
}

function titleOf(server: string): string {
  return server.split(' ')[0] ?? server
}

function renderExtensions(extensions: readonly string[]): string {
  return extensions.length === 0 ? '' : `; extension ${extensions.map(name => `\`${name}\``).join(' or ')}`
}
