import type { IncomingHttpHeaders } from 'node:http'

/** The head of an answer. */
export interface APIResponse {
  readonly statusCode: number
  /** By lower-case name; those of LXD and Incus can be read in either spelling. */
  readonly headers: IncomingHttpHeaders
}
