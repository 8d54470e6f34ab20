import type { Schema } from './schema.ts'

/** The merged REST API of all servers, from which rest.ts is rendered and real answers are checked in tests. */
export interface Model {
  /** The labels of the servers, sorted by server and version. */
  readonly servers: readonly string[]
  readonly definitions: ReadonlyMap<string, Definition>
  readonly enumerations: ReadonlyMap<string, Enumeration>
  /** By URL template with `{}` for each name, parents first. */
  readonly nodes: ReadonlyMap<string, PathNode>
}

/** A JSON object. */
export interface Definition {
  readonly name: string
  readonly servers: readonly string[]
  readonly extensions: readonly string[]
  readonly fields: ReadonlyMap<string, Field>
}

/** A field of an object. */
export interface Field {
  readonly schema: Schema
  /** Whether answers may lack it. */
  readonly isOptional: boolean
  /** Whether it may be `null` in answers. */
  readonly isNullable: boolean
  /** Whether a request must have it. */
  readonly isRequired: boolean
  readonly isDeprecated: boolean
  readonly servers: readonly string[]
  readonly extensions: readonly string[]
}

/** The possible values of a field. */
export interface Enumeration {
  readonly summary: string
  readonly values: readonly (string | number)[]
}

/** A URL with its calls. */
export interface PathNode {
  readonly name: string
  /** With `{}` for each name. */
  readonly template: string
  /** As the newest server documents it. */
  readonly url: string
  readonly calls: readonly Call[]
}

/** A method of a URL. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly servers: readonly string[]
  readonly extensions: readonly string[]
  readonly query: ReadonlyMap<string, Parameter>
  readonly headers: readonly string[]
  readonly body: Schema | undefined
  /** Whether the body may be something else than JSON. */
  readonly takesContent: boolean
  readonly answer: Answer
}

/** A query parameter. */
export interface Parameter {
  readonly schema: Schema
  readonly isRequired: boolean
  readonly servers: readonly string[]
}

/** The possible answers of a call, on all servers. */
export interface Answer {
  /** The metadata of synchronous answers by recursion; `undefined` is empty metadata. */
  readonly levels: readonly (Schema | undefined)[]
  /** Whether the metadata may be `null`. */
  readonly isNullable: boolean
  /** The types of its operation; `undefined` if no server starts one. */
  readonly operation: OperationTypes | undefined
  /** The servers that start one. */
  readonly operationServers: readonly string[]
  /** Whether the answer may be something else than JSON. */
  readonly hasContent: boolean
  /** The protocol the connection is upgraded to; `undefined` for plain HTTP. */
  readonly upgrade: UpgradeProtocol | undefined
}

/** What a connection can be upgraded to. */
export type UpgradeProtocol = 'websocket' | 'sftp' | 'nbd' | 'tcp'

/** The metadata of an operation, when it has started and when it has finished. */
export interface OperationTypes {
  readonly started?: string
  readonly finished?: string
}
