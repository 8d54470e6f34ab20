import { createHash } from 'node:crypto'
import type { EventHub } from './event-hub.ts'
import type { FileTree } from './file-tree.ts'
import type { Operations } from './operations.ts'
import { type Fields, Refusal } from './reply.ts'

/** Something that the fake server has, at a URL of its own. */
export interface Item {
  readonly project: string
  readonly url: string
  document: Fields
  /** Of an instance or a snapshot. */
  files?: FileTree
  /** Of an instance: the output of commands, by file name. */
  logs?: Map<string, Buffer>
  /** Of an image. */
  content?: Buffer
}

/** All that a fake server has, by project and URL. */
export class Store {
  readonly events: EventHub
  readonly operations: Operations
  readonly #items = new Map<string, Item>()

  constructor(events: EventHub, operations: Operations) {
    this.events = events
    this.operations = operations
  }

  find(project: string, url: string): Item | undefined {
    return this.#items.get(keyOf(project, url))
  }

  add(item: Item): void {
    this.#items.set(keyOf(item.project, item.url), item)
  }

  /** The items right below a URL. */
  list(project: string, url: string): readonly Item[] {
    const depth = url.split('/').length + 1
    return [...this.#items.values()].filter(
      item =>
        item.project === project && item.url.startsWith(`${url}/`) && item.url.split('/').length === depth,
    )
  }

  /** Removes an item and all that is below it. */
  remove({ project, url }: Item): void {
    for (const item of this.#tree(project, url)) this.#items.delete(keyOf(project, item.url))
  }

  /** Moves an item and all that is below it to another URL. */
  move({ project, url }: Item, newUrl: string): void {
    for (const item of this.#tree(project, url)) {
      this.#items.delete(keyOf(project, item.url))
      this.add({ ...item, url: newUrl + item.url.slice(url.length) })
    }
  }

  /** The project that has the resources which only some projects have of their own; the others use those of `default`. */
  projectWith(feature: string, project: string): string {
    const config = this.find('default', `/1.0/projects/${project}`)?.document['config']
    // Safe cast: the configuration of a project is an object.
    return (config as Fields | undefined)?.[feature] === 'true' ? project : 'default'
  }

  /** Publishes that something has changed. */
  tell(action: string, { project, url }: Pick<Item, 'project' | 'url'>, context?: Fields): void {
    const source = project === 'default' ? url : `${url}?project=${project}`
    const requestor = { username: 'root', protocol: 'unix' }
    this.events.publish('lifecycle', project, { action, source, ...(context && { context }), requestor })
  }

  #tree(project: string, url: string): readonly Item[] {
    return [...this.#items.values()].filter(
      item => item.project === project && (item.url === url || item.url.startsWith(`${url}/`)),
    )
  }
}

function keyOf(project: string, url: string): string {
  return `${project} ${url}`
}

/** The version of a document. */
export function etagOf(document: Fields): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex')
}

/**
 * Checks the `If-Match` of a request.
 *
 * @throws {Refusal} the document has changed
 */
export function checkEtag(document: Fields, given: string | undefined): void {
  const [expected, etag] = [given?.replaceAll('"', ''), etagOf(document)]
  if (expected !== undefined && expected !== etag)
    throw new Refusal(412, `ETag doesn't match: ${etag} vs ${expected}`)
}
