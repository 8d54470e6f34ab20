import { checkValue } from '../../generate/check-value.ts'
import type { Call, Model } from '../../generate/model.ts'
import { parentOf, segmentsOf } from '../../generate/names.ts'
import { type API, APIException } from '../../src/index.ts'

/** What came of reading a whole server. */
export interface Checked {
  /** The templates of the URLs that answered with JSON. */
  readonly urls: Set<string>
  readonly answers: number
  /** In what the answers were not as the types say. */
  readonly complaints: string[]
  /** The URLs that the server refused, with its words. */
  readonly refusals: string[]
}

/** Reads everything that a server has, at every recursion, and holds it against the types. */
export async function checkAnswers(api: API, model: Model): Promise<Checked> {
  const reader = new Reader(api, model)
  for (const template of model.nodes.keys()) await reader.readAll(template)
  return reader
}

class Reader implements Checked {
  readonly urls = new Set<string>()
  readonly complaints: string[] = []
  readonly refusals: string[] = []
  readonly #api: API
  readonly #model: Model
  readonly #found = new Map<string, string[]>([['/', ['/']]])
  answers = 0

  constructor(api: API, model: Model) {
    this.#api = api
    this.#model = model
  }

  async readAll(template: string): Promise<void> {
    const urls = this.#found.get(template) ?? this.#below(template)
    this.#found.set(template, urls)
    const call = this.#model.nodes.get(template)?.calls.find(({ method }) => method === 'GET')
    // To wait for an operation that goes on is to wait; what it answers is the operation, read before.
    if (call === undefined || call.answer.hasContent || call.query.has('timeout')) return
    for (const url of urls) await this.#read(url, template, call)
  }

  #below(template: string): string[] {
    const parents = this.#found.get(parentOf(template) ?? '') ?? []
    const segment = segmentsOf(template).at(-1)
    return segment === '{}' ? [] : parents.map(parent => `${parent === '/' ? '' : parent}/${segment}`)
  }

  async #read(url: string, template: string, call: Call): Promise<void> {
    for (const [recursion, schema] of call.answer.levels.entries()) {
      const metadata = await this.#get(url, recursion)
      if (metadata === undefined || schema === undefined) return
      this.urls.add(template)
      this.answers += 1
      if (metadata === null && call.answer.isNullable) continue
      this.complaints.push(...checkValue(metadata, schema, this.#model, `GET ${url}?recursion=${recursion}`))
      if (recursion === 0) this.#remember(template, metadata)
    }
  }

  async #get(url: string, recursion: number): Promise<unknown> {
    try {
      return (await this.#api.forUrl(url).get({ query: recursion > 0 ? { recursion } : {} })).metadata
    } catch (error) {
      if (!(error instanceof APIException) || error.statusCode === undefined) throw error
      this.refusals.push(`${url}: ${error.statusCode} ${error.error}`)
      return undefined
    }
  }

  // Whatever a collection lists leads to what is in it; some list by status.
  #remember(template: string, metadata: unknown): void {
    const item = template === '/' ? '/{}' : `${template}/{}`
    if (typeof metadata !== 'object' || metadata === null || !this.#model.nodes.has(item)) return
    const depth = segmentsOf(item).length
    const listed = Object.values(metadata)
      .flat()
      .filter(url => typeof url === 'string')
    const urls = listed.map(url => `/${segmentsOf(url.split('?')[0]).slice(0, depth).join('/')}`)
    this.#found.set(item, [...new Set([...(this.#found.get(item) ?? []), ...urls])])
  }
}
