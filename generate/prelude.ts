/** The part of rest.ts that is not about any one call: how nodes, answers and literals of URLs fit together. */
export const prelude = `\
import type { Duplex, Readable } from 'node:stream'
import type { CallOptions, RawBody } from './request/options.ts'
import type { ApiPath, Path } from './path.ts'
import type { APIPromise } from './promise.ts'
import type { APIResult } from './result.ts'
import type { Segment } from './request/segment.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

/** What operations of unknown kind tell. */
export type OperationMetadata = { readonly [name: string]: unknown } | null

/** The metadata of an answer that says nothing; has no field, so that \`metadata?.id\` tells an operation from it. */
export type Empty = { readonly [Name in keyof Operation]?: undefined } | null

/** An event of any type: \`switch (event.type)\` tells them apart. */
export type AnyEvent =
  | Event<'lifecycle', EventLifecycle>
  | Event<'logging' | 'network-acl' | 'ovn', EventLogging>
  | Event<'operation', Operation>
  | Event<'security', EventSecurity>

/** What \`with()\` of a typed path takes; a default of \`recursion\` would belie the types. */
export type Defaults = CallOptions<{
  readonly project?: string
  readonly target?: string
  readonly 'all-projects'?: boolean
  readonly recursion?: never
}>

/** What all paths have, whatever they answer to. */
interface Steps {
  /** Seconds to give a server for what may take long. */
  readonly defaultTimeout: number
  /** The path below this one, each segment encoded; untyped where the types know no such path. */
  path<const Segments extends readonly Segment[]>(...segments: Segments): Walk<this, Segments>
  /** The path of a URL of the server; typed if it is a literal without a query, as in \`/1.0/instances/\${name}\`. */
  forUrl<Url extends string | URL>(url: Url): Route<Url>
  /** The URL from the root of the server, without a query string. */
  toString(): string
}

/** A path of the API that the types know. */
export interface RestNode extends Steps {
  /** The same path with defaults for the calls on it and below it. */
  with(defaults: Defaults): this
}

type Verb = 'delete' | 'get' | 'head' | 'patch' | 'post' | 'put' | 'upgrade' | 'websocket'

/** The other verbs of a path with names below it, which would otherwise seem to be instances and the like. */
type Only<Verbs extends Verb> = { readonly [Name in Exclude<Verb, Verbs>]: never }

// Names of members are reached by path(), where they are names like any other.
type Child<Node, Name> = Name extends keyof ApiPath
  ? string extends keyof Node
    ? Node[string & keyof Node]
    : Path
  : Name extends keyof Node
    ? Node[Name]
    : Path

type Walk<Node, Names extends readonly unknown[]> = Names extends readonly [infer Name, ...infer Names]
  ? Walk<Child<Node, Name>, Names>
  : Names extends readonly []
    ? Node
    : Path

type Route<Url> = Url extends \`\${string}?\${string}\`
  ? Path
  : Url extends \`/\${infer Rest}\`
    ? Follow<Root, Rest>
    : Path

type Follow<Node, Url> = Url extends \`\${infer Name}/\${infer Rest}\`
  ? Follow<Child<Node, Name>, Rest>
  : Child<Node, Url>

type NoQuery = { readonly [name: string]: never }

interface Recursive<Recursion> {
  /** 0 for URLs, 1 for objects, 2 for objects with all that belongs to them. */
  readonly recursion?: Recursion
}

interface RequiredOptions<Query> extends CallOptions<Query> {
  readonly query: Query
}

/** Answered at once. */
type Sync<Metadata> = APIPromise<APIResult<Metadata, undefined>>
type Done = Sync<Empty>

/** An operation; \`wait()\` gives it when it has finished. */
type Started<Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata>, undefined, Operation<Finished>>
>

/** An operation on some servers, an answer at once on others; \`wait()\` suits both. */
type Either<Sync = Empty, Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata> | Sync, undefined, Operation<Finished> | Sync>
>

/** Not JSON: \`body\` is to be read. */
type Content = APIPromise<APIResult<undefined, Readable>>
type ContentOrSync<Metadata> = APIPromise<APIResult<undefined, Readable> | APIResult<Metadata, undefined>>
`
