import type { Schema } from './schema.ts'

/** The REST API of all servers in one: what is rendered, and what the tests hold real answers against. */
export interface Model {
  /** The labels of the servers, the oldest of each kind first. */
  readonly servers: readonly string[]
  readonly definitions: ReadonlyMap<string, Definition>
  readonly enumerations: ReadonlyMap<string, Enumeration>
  /** By URL template with `{}` for every name, the parents first. */
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
  /** Answers may lack it. */
  readonly isOptional: boolean
  /** Answers may have `null` there. */
  readonly isNullable: boolean
  /** A call makes no sense without it. */
  readonly isRequired: boolean
  readonly isDeprecated: boolean
  readonly servers: readonly string[]
  readonly extensions: readonly string[]
}

/** The values that one field can have. */
export interface Enumeration {
  readonly summary: string
  readonly values: readonly (string | number)[]
}

/** A URL, with the calls that it answers. */
export interface PathNode {
  readonly name: string
  /** With `{}` for every name. */
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
  /** Takes what is not JSON. */
  readonly takesContent: boolean
  readonly answer: Answer
}

/** A query parameter. */
export interface Parameter {
  readonly schema: Schema
  readonly isRequired: boolean
  readonly servers: readonly string[]
}

/** All that a call may answer with, by server and by what is asked. */
export interface Answer {
  /** The metadata of what is answered at once, by recursion; `undefined` is empty metadata. */
  readonly levels: readonly (Schema | undefined)[]
  /** The metadata may be `null` as well. */
  readonly isNullable: boolean
  /** Some server starts an operation. */
  readonly operation: OperationTypes | undefined
  /** The servers that start one. */
  readonly operationServers: readonly string[]
  /** Something that is not JSON. */
  readonly hasContent: boolean
  /** The protocol that the connection is upgraded to; `undefined` where it stays HTTP. */
  readonly upgrade: UpgradeProtocol | undefined
}

/** What a connection can be upgraded to. */
export type UpgradeProtocol = 'websocket' | 'sftp' | 'nbd' | 'tcp'

/** The metadata of an operation, when it has started and when it has finished. */
export interface OperationTypes {
  readonly started?: string
  readonly finished?: string
}
