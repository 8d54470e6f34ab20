import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

// Checks that each link of the site leads to a page of it, and each fragment to a place in that page. Links to other sites
// are not followed: no build is to depend on them.

const OUT = join(import.meta.dirname, 'out')
const ATTRIBUTE = /\s(?:href|src)="([^"]*)"/g
const ID = /\sid="([^"]*)"/g
const OTHER_SITE = /^[a-z][a-z+.-]*:|^\/\//i

const ids = new Map<string, ReadonlySet<string>>()
const pages = readdirSync(OUT, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.html'))
const broken = pages.flatMap(page => brokenLinks(join(OUT, page)))
for (const link of broken) console.error(`Broken link: ${link}`)
console.log(`${pages.length} pages, ${broken.length} broken links`)
process.exitCode = broken.length === 0 && pages.length > 0 ? 0 : 1

function brokenLinks(page: string): string[] {
  const links = new Set([...readFileSync(page, 'utf8').matchAll(ATTRIBUTE)].map(([, link]) => String(link)))
  return [...links]
    .filter(link => link !== '' && !OTHER_SITE.test(link) && !leadsSomewhere(page, link))
    .map(link => `${relative(OUT, page)} → ${link}`)
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', fragment = ''] = link.replace(/\?[^#]*/, '').split('#')
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path))
  if (!existsSync(target)) return false
  return fragment === '' || !target.endsWith('.html') || idsOf(target).has(decodeURIComponent(fragment))
}

function idsOf(page: string): ReadonlySet<string> {
  const known = ids.get(page)
  if (known !== undefined) return known
  const found = new Set([...readFileSync(page, 'utf8').matchAll(ID)].map(([, id]) => String(id)))
  ids.set(page, found)
  return found
}
