/** The part of rest.ts that is independent of the facts: helper types for paths, answers and URL literals. */
export const prelude = `\
import type { Duplex, Readable } from 'node:stream'
import type {
  ApiExtension,
  ClusterMemberConfig,
  Device,
  InstanceConfig,
  LifecycleAction,
  NetworkConfig,
  ProjectConfig,
  ServerConfig,
  StorageBucketConfig,
  StoragePoolConfig,
  StorageVolumeConfig,
} from './config.ts'
import type { CallOptions, RawBody } from './request/options.ts'
import type { ApiPath, Path } from './path.ts'
import type { APIPromise } from './promise.ts'
import type { APIResult } from './result.ts'
import type { Segment } from './request/segment.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

export type * from './config.ts'

/** The metadata of an operation of unknown type. */
export type OperationMetadata = { readonly [name: string]: unknown } | null

/** The metadata of an empty answer; without fields, so that \`metadata?.id\` distinguishes an operation from it. */
export type Empty = { readonly [Name in keyof Operation]?: undefined } | null

/** An event of any type: \`switch (event.type)\` narrows it. */
export type AnyEvent =
  | Event<'lifecycle', EventLifecycle>
  | Event<'logging' | 'network-acl' | 'ovn', EventLogging>
  | Event<'operation', Operation>
  | Event<'security', EventSecurity>

/** The options of \`with()\` on a typed path; a default \`recursion\` would make the types of answers wrong. */
export type Defaults = CallOptions<{
  readonly project?: string
  readonly target?: string
  readonly 'all-projects'?: boolean
  readonly recursion?: never
}>

/** The members of all paths. */
interface Steps {
  /** The default timeout in seconds of what may take long. */
  readonly defaultTimeout: number
  /** Returns a path below this one, with each segment encoded; untyped if the types have no such path. */
  path<const Segments extends readonly Segment[]>(...segments: Segments): Walk<this, Segments>
  /** Returns the path of a URL on the server; typed for a literal without a query, as in \`/1.0/instances/\${name}\`. */
  forUrl<Url extends string | URL>(url: Url): Route<Url>
  /** Returns the URL from the root of the server, without a query string. */
  toString(): string
}

/** A typed path. */
export interface RestNode extends Steps {
  /** Returns the same path with default options for the calls on it and below it. */
  with(defaults: Defaults): this
}

type Verb = 'delete' | 'get' | 'head' | 'patch' | 'post' | 'put' | 'upgrade' | 'websocket'

/** Excludes the other verbs of a path with names below it, which would otherwise be typed as an item of that name. */
type Only<Verbs extends Verb> = { readonly [Name in Exclude<Verb, Verbs>]: never }

// With path(), names of members are ordinary names.
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
  /** 0 for URLs, 1 for objects, 2 for objects with their state, snapshots and the like. */
  readonly recursion?: Recursion
}

interface RequiredOptions<Query> extends CallOptions<Query> {
  readonly query: Query
}

/** A synchronous answer. */
type Sync<Metadata> = APIPromise<APIResult<Metadata, undefined>>
type Done = Sync<Empty>

/** An operation; \`wait()\` resolves with it when it has finished. */
type Started<Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata>, undefined, Operation<Finished>>
>

/** An operation on some servers, a synchronous answer on others; \`wait()\` handles both. */
type Either<Sync = Empty, Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata> | Sync, undefined, Operation<Finished> | Sync>
>

/** Content other than JSON, which is read from \`body\`. */
type Content = APIPromise<APIResult<undefined, Readable>>
type ContentOrSync<Metadata> = APIPromise<APIResult<undefined, Readable> | APIResult<Metadata, undefined>>
`
