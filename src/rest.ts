// Made by `npm run generate` from what LXD 5.0, LXD 6.9, Incus 7.3 say of their APIs: change generate/ instead.
//
// Types only: nothing of this is there at run time. Fields of answers are present unless they are optional; those that
// are optional are missing when empty, or on some servers, as their comments say.
//
// https://documentation.ubuntu.com/lxd/latest/api/
// https://linuxcontainers.org/incus/docs/main/rest-api-spec/

import type { Duplex, Readable } from 'node:stream'
import type { CallOptions, RawBody } from './request/options.ts'
import type { ApiPath, Path } from './path.ts'
import type { APIPromise } from './promise.ts'
import type { APIResult } from './result.ts'
import type { Segment } from './request/segment.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

/** What operations of unknown kind tell. */
export type OperationMetadata = { readonly [name: string]: unknown } | null

/** The metadata of an answer that says nothing; has no field, so that `metadata?.id` tells an operation from it. */
export type Empty = { readonly [Name in keyof Operation]?: undefined } | null

/** An event of any type: `switch (event.type)` tells them apart. */
export type AnyEvent =
  | Event<'lifecycle', EventLifecycle>
  | Event<'logging' | 'network-acl' | 'ovn', EventLogging>
  | Event<'operation', Operation>
  | Event<'security', EventSecurity>

/** What `with()` of a typed path takes; a default of `recursion` would belie the types. */
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
  /** The path of a URL of the server; typed if it is a literal without a query, as in `/1.0/instances/${name}`. */
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

type Route<Url> = Url extends `${string}?${string}`
  ? Path
  : Url extends `/${infer Rest}`
    ? Follow<Root, Rest>
    : Path

type Follow<Node, Url> = Url extends `${infer Name}/${infer Rest}`
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

/** An operation; `wait()` gives it when it has finished. */
type Started<Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata>, undefined, Operation<Finished>>
>

/** An operation on some servers, an answer at once on others; `wait()` suits both. */
type Either<Sync = Empty, Metadata = OperationMetadata, Finished = Metadata> = APIPromise<
  APIResult<Operation<Metadata> | Sync, undefined, Operation<Finished> | Sync>
>

/** Not JSON: `body` is to be read. */
type Content = APIPromise<APIResult<undefined, Readable>>
type ContentOrSync<Metadata> = APIPromise<APIResult<undefined, Readable> | APIResult<Metadata, undefined>>

// The values of fields

/** What a certificate may be used for. */
export type CertificateType = 'client' | 'metrics' | 'server'

/** What to do with a cluster member. */
export type ClusterMemberAction = 'evacuate' | 'restore'

/** Text, or the display of a virtual machine. */
export type ConsoleType = 'console' | 'vga'

/** What an event is about; `network-acl` and `ovn` are log lines. */
export type EventType = 'lifecycle' | 'logging' | 'network-acl' | 'operation' | 'ovn' | 'security'

/** What an image is made from. */
export type ImageSourceType = 'container' | 'image' | 'instance' | 'snapshot' | 'url' | 'virtual-machine'

/** What to do with an instance. */
export type InstanceAction = 'freeze' | 'restart' | 'start' | 'stop' | 'unfreeze'

/** What an instance is made from; `conversion` is LXD only. */
export type InstanceSourceType = 'conversion' | 'copy' | 'image' | 'migration' | 'none'

/** What an instance is doing. */
export type InstanceStatus =
  | 'Aborting'
  | 'Error'
  | 'Freezing'
  | 'Frozen'
  | 'Ready'
  | 'Running'
  | 'Starting'
  | 'Stopped'
  | 'Stopping'
  | 'Thawed'

/**
 * Stopped 102, running 103, starting 106, stopping 107, aborting 108, freezing 109, frozen 110, thawed 111,
 * error 112, ready 113.
 */
export type InstanceStatusCode = 102 | 103 | 106 | 107 | 108 | 109 | 110 | 111 | 112 | 113

/** What kind of instance. */
export type InstanceType = 'container' | 'virtual-machine'

/** What a rule does with traffic. */
export type NetworkACLAction = 'allow' | 'allow-stateless' | 'drop' | 'reject'

/** Whether a rule counts. */
export type NetworkACLState = 'disabled' | 'enabled' | 'logged'

/** How an operation is followed; `durable` ones survive a restart of a newer LXD. */
export type OperationClass = 'durable' | 'task' | 'token' | 'websocket'

/** How far an operation is. */
export type OperationStatus =
  | 'Cancelled'
  | 'Cancelling'
  | 'Failure'
  | 'Operation created'
  | 'Pending'
  | 'Running'
  | 'Started'
  | 'Stopped'
  | 'Success'

/**
 * Created 100, started 101, stopped 102, running 103, cancelling 104, pending 105, success 200, failure 400,
 * cancelled 401.
 */
export type OperationStatusCode = 100 | 101 | 102 | 103 | 104 | 105 | 200 | 400 | 401

/** Whether the server trusts who asks. */
export type ServerAuth = 'trusted' | 'untrusted'

/** What a volume is made from. */
export type StorageVolumeSourceType = 'copy' | 'migration'

/** Who connects to whom. */
export type TransferMode = 'pull' | 'push' | 'relay'

/** How bad it is. */
export type WarningSeverity = 'high' | 'low' | 'moderate'

/** What became of a warning. */
export type WarningStatus = 'acknowledged' | 'new' | 'resolved'


// What is sent and received

/** Incus only; extension `instance_access`. */
export interface AccessEntry {
  identifier: string
  provider: string
  role: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface AuthGroup {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  description: string
  identities: Record<string, string[]>
  identity_provider_groups: string[]
  name: string
  permissions: Permission[]
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface AuthGroupPost {
  name: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface AuthGroupPut {
  description?: string
  permissions?: readonly PermissionInput[]
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface AuthGroupsPost {
  description?: string
  name: string
  permissions?: readonly PermissionInput[]
}

/** Incus only; extension `backup_s3_upload`. */
export interface BackupTarget {
  access_key?: string
  bucket_name?: string
  path?: string
  protocol?: string
  secret_key?: string
  url?: string
}

export interface Certificate {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** PEM text. */
  certificate: string
  /** Incus only; extension `certificate_description`. */
  description?: string
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint: string
  name: string
  projects: string[]
  restricted: boolean
  type: CertificateType
}

export interface CertificateAddToken {
  /** Addresses with their ports or masks. */
  addresses: string[]
  client_name: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint: string
  secret: string
  /** LXD only, not in LXD 5.0; extension `access_management_tls`. */
  type?: string
}

export interface CertificatePut {
  certificate?: string
  /** Incus only; extension `certificate_description`. */
  description?: string
  name?: string
  projects?: readonly string[]
  restricted?: boolean
  type?: CertificateType
}

export interface CertificatesPost {
  /** PEM text without its first and last line. */
  certificate?: string
  /** Incus only; extension `certificate_description`. */
  description?: string
  name?: string
  /**
   * The trust password, or on LXD 5.0 a token.
   *
   * LXD only.
   *
   * @deprecated
   */
  password?: string
  projects?: readonly string[]
  restricted?: boolean
  /** Makes a token for a client instead. */
  token?: boolean
  /**
   * Token that an administrator made with `token: true`.
   *
   * Not in LXD 5.0; extension `explicit_trust_token`.
   */
  trust_token?: string
  type?: CertificateType
}

export interface Cluster {
  enabled: boolean
  member_config: ClusterMemberConfigKey[]
  /** Name of the cluster member. */
  server_name: string
}

export interface ClusterCertificatePut {
  cluster_certificate: string
  cluster_certificate_key: string
}

export interface ClusterGroup {
  /**
   * Configuration by key; values are text.
   *
   * Incus only; extension `clustering_groups_config`.
   */
  config?: Record<string, string>
  description: string
  /** Names of the cluster members. */
  members: string[]
  name: string
  /**
   * URLs of what uses it.
   *
   * Not in LXD 5.0; extension `clustering_groups_used_by` or `cluster_group_usedby`.
   */
  used_by?: string[]
}

export interface ClusterGroupPost {
  name: string
}

export interface ClusterGroupPut {
  /**
   * Configuration by key; values are text.
   *
   * Incus only; extension `clustering_groups_config`.
   */
  config?: Record<string, string>
  description?: string
  /** Names of the cluster members. */
  members?: readonly string[]
}

export interface ClusterGroupsPost {
  /**
   * Configuration by key; values are text.
   *
   * Incus only; extension `clustering_groups_config`.
   */
  config?: Record<string, string>
  description?: string
  /** Names of the cluster members. */
  members?: readonly string[]
  name: string
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLink {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  type: string
  /** URLs of what uses it. */
  used_by: string[]
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLinkMemberState {
  address: string
  /** Name of the cluster member. */
  server_name: string
  status: string
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLinkPost {
  name: string
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLinkPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLinkState {
  cluster_link_members: ClusterLinkMemberState[]
}

/** LXD only, not in LXD 5.0; extension `cluster_links`. */
export interface ClusterLinksPost {
  auth_groups?: readonly string[]
  cluster_certificate?: string
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
  remote_address?: string
  /** Token that an administrator made with `token: true`. */
  trust_token?: string
  type?: string
}

export interface ClusterMember {
  /** Such as `x86_64`. */
  architecture: string
  /** Configuration by key; values are text. */
  config: Record<string, string>
  database: boolean
  description: string
  failure_domain: string
  groups: string[]
  message: string
  roles: string[]
  /** Name of the cluster member. */
  server_name: string
  status: string
  url: string
}

export interface ClusterMemberConfigKey {
  description: string
  entity: string
  key: string
  name: string
  value: string
}

export interface ClusterMemberConfigKeyInput {
  description?: string
  entity?: string
  key?: string
  name?: string
  value?: string
}

export interface ClusterMemberPost {
  /** Name of the cluster member. */
  server_name: string
}

export interface ClusterMemberPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  failure_domain?: string
  groups?: readonly string[]
  roles?: readonly string[]
}

/** Not in LXD 5.0; extension `cluster_member_state`. */
export interface ClusterMemberState {
  storage_pools: Record<string, StoragePoolState>
  sysinfo: ClusterMemberSysInfo
}

export interface ClusterMemberStatePost {
  action: ClusterMemberAction
  /** LXD only, not in LXD 5.0; extension `clustering_evacuation_force`. */
  force?: boolean
  mode?: string
}

/** Not in LXD 5.0; extension `cluster_member_state`. */
export interface ClusterMemberSysInfo {
  buffered_ram: number
  free_ram: number
  free_swap: number
  load_averages: number[]
  /** LXD only, not in LXD 5.0. */
  logical_cpus?: number
  processes: number
  shared_ram: number
  total_ram: number
  total_swap: number
  uptime: number
}

export interface ClusterMembersPost {
  /** Name of the cluster member. */
  server_name: string
}

export interface ClusterPut {
  cluster_address?: string
  cluster_certificate?: string
  /** LXD only, not in LXD 6.9; extension `clustering_join`. */
  cluster_password?: string
  /** Not in LXD 5.0; extension `explicit_trust_token` or `clustering_join`. */
  cluster_token?: string
  enabled?: boolean
  member_config?: readonly ClusterMemberConfigKeyInput[]
  server_address?: string
  /** Name of the cluster member. */
  server_name?: string
}

/** Metadata of an operation that opens a console. */
export interface ConsoleStarted {
  /** Secrets of the websockets by stream: `0`, `1`, `2` and `control`. */
  fds: Record<string, string>
}

/** What the server says over `/1.0/events`; {@link AnyEvent} tells the types apart. */
export interface Event<Type = EventType, Metadata = unknown> {
  /** Name of the cluster member. */
  location?: string
  metadata: Metadata
  /** Name of the project. */
  project?: string
  /** RFC 3339 time. */
  timestamp: string
  type: Type
}

export interface EventLifecycle {
  action: string
  context?: Record<string, unknown>
  /** Not in LXD 5.0; extension `event_lifecycle_name_and_project`. */
  name?: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0.
   */
  project?: string
  requestor?: EventLifecycleRequestor
  /** URL of what it is about. */
  source: string
}

export interface EventLifecycleRequestor {
  address: string
  protocol: string
  username: string
}

export interface EventLogging {
  context: Record<string, string>
  level: string
  message: string
}

/** LXD only, not in LXD 5.0. */
export interface EventSecurity {
  description: string
  level: string
  name: string
  /** Name of the project. */
  project?: string
  request_method?: string
  request_path?: string
  requestor?: EventSecurityRequestor
}

/** LXD only, not in LXD 5.0. */
export interface EventSecurityRequestor {
  address: string
  protocol: string
  user_agent: string
  username: string
}

/** Metadata of a command that has ended. */
export interface ExecFinished {
  /** URLs of the recorded output by stream, `1` and `2`; delete them when read. */
  output?: Record<string, string>
  /** Exit status. */
  return: number
}

/** Metadata of a command that waits for its websockets; `null` where it does not. */
export interface ExecStarted {
  command?: string[]
  environment?: Record<string, string>
  /** Secrets of the websockets by stream: `0`, `1`, `2` and `control`. */
  fds: Record<string, string>
  interactive?: boolean
}

/** LXD only, not in LXD 5.0; extension `auth_bearer_devlxd`. */
export interface IdentitiesBearerPost {
  groups?: readonly string[]
  name: string
  type?: string
}

/** LXD only, not in LXD 5.0; extension `access_management_tls`. */
export interface IdentitiesTLSPost {
  certificate?: string
  groups?: readonly string[]
  name: string
  token?: boolean
  /** Token that an administrator made with `token: true`. */
  trust_token?: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface Identity {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  authentication_method: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  groups: string[]
  id: string
  name: string
  tls_certificate: string
  type: string
}

/** LXD only, not in LXD 5.0; extension `auth_bearer_devlxd`. */
export interface IdentityBearerToken {
  token: string
}

/** LXD only, not in LXD 5.0; extension `auth_bearer_devlxd`. */
export interface IdentityBearerTokenPost {
  expiry?: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityInfo {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  authentication_method: string
  effective_groups: string[]
  effective_permissions: Permission[]
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  fine_grained: boolean
  groups: string[]
  id: string
  name: string
  tls_certificate: string
  type: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityProviderGroup {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  groups: string[]
  name: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityProviderGroupPost {
  name: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityProviderGroupPut {
  groups?: readonly string[]
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityProviderGroupsPost {
  groups?: readonly string[]
  name: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface IdentityPut {
  groups?: readonly string[]
  tls_certificate?: string
}

export interface Image {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Other names of the image. */
  aliases: ImageAlias[]
  /** Such as `x86_64`. */
  architecture: string
  /** Whether the server follows the source of a cached image. */
  auto_update: boolean
  cached: boolean
  /** RFC 3339 time. */
  created_at: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  filename: string
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint: string
  /** RFC 3339 time; the year 1 or 1970 stands for never. */
  last_used_at: string
  /**
   * Names of the cluster members.
   *
   * Incus only; extension `image_locations`.
   */
  locations?: string[]
  /** Names of the profiles, the later one winning. */
  profiles: string[]
  /**
   * Name of the project.
   *
   * Not in LXD 5.0; extension `images_all_projects`.
   */
  project?: string
  properties: Record<string, string>
  /** Whether strangers may have it. */
  public: boolean
  /** LXD only, not in LXD 5.0; extension `image_extended_metadata`. */
  release_codename?: string
  /** LXD only, not in LXD 5.0; extension `image_extended_metadata`. */
  release_title?: string
  /** Bytes. */
  size: number
  type: InstanceType
  update_source?: ImageSource
  /** RFC 3339 time. */
  uploaded_at: string
}

export interface ImageAlias {
  description: string
  name: string
}

export interface ImageAliasInput {
  description?: string
  name: string
}

export interface ImageAliasesEntry {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  description: string
  name: string
  /** Fingerprint of the image. */
  target: string
  type: InstanceType
}

export interface ImageAliasesEntryPost {
  name: string
}

export interface ImageAliasesEntryPut {
  description?: string
  target?: string
}

export interface ImageAliasesPost {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: readonly string[]
  description?: string
  name: string
  /** Fingerprint of the image. */
  target: string
  type?: InstanceType
}

/** Metadata of an operation that has made an image. */
export interface ImageCreated {
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint: string
  /** Bytes. */
  size?: unknown
}

export interface ImageExportPost {
  /** Other names of the image. */
  aliases?: readonly ImageAliasInput[]
  certificate?: string
  /** Names of the profiles, the later one winning. */
  profiles?: readonly string[]
  /** Name of the project. */
  project?: string
  secret?: string
  target: string
}

export interface ImageMetadata {
  /** Such as `x86_64`. */
  architecture: string
  creation_date: number
  expiry_date: number
  properties: Record<string, string>
  templates: Record<string, ImageMetadataTemplate> | null
}

export interface ImageMetadataInput {
  /** Such as `x86_64`. */
  architecture?: string
  creation_date?: number
  expiry_date?: number
  properties?: Record<string, string>
  templates?: Record<string, ImageMetadataTemplateInput> | null
}

export interface ImageMetadataTemplate {
  create_only: boolean
  /** Incus only; extension `image_template_permissions`. */
  gid?: string
  /** Incus only; extension `image_template_permissions`. */
  mode?: string
  properties: Record<string, string>
  template: string
  /** Incus only; extension `image_template_permissions`. */
  uid?: string
  when: string[]
}

export interface ImageMetadataTemplateInput {
  create_only?: boolean
  /** Incus only; extension `image_template_permissions`. */
  gid?: string
  /** Incus only; extension `image_template_permissions`. */
  mode?: string
  properties?: Record<string, string>
  template?: string
  /** Incus only; extension `image_template_permissions`. */
  uid?: string
  when?: readonly string[]
}

export interface ImagePut {
  /** Whether the server follows the source of a cached image. */
  auto_update?: boolean
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  /** Names of the profiles, the later one winning. */
  profiles?: readonly string[]
  properties?: Record<string, string>
  /** Whether strangers may have it. */
  public?: boolean
}

/** Metadata of an operation that has looked for a newer image. */
export interface ImageRefreshed {
  refreshed: boolean
}

/** Metadata of an operation that lets a stranger have an image. */
export interface ImageSecret {
  secret: string
}

export interface ImageSource {
  alias: string
  certificate: string
  /** LXD only, not in LXD 5.0; extension `image_registries`. */
  image_registry?: string
  image_type: string
  protocol: string
  server: string
}

export interface ImagesPost {
  /** Other names of the image. */
  aliases?: readonly ImageAliasInput[]
  /** Whether the server follows the source of a cached image. */
  auto_update?: boolean
  /** Such as `gzip` or `none`. */
  compression_algorithm?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  filename?: string
  /** Incus only; extension `instance_publish_split`. */
  format?: string
  /** Names of the profiles, the later one winning. */
  profiles?: readonly string[]
  properties?: Record<string, string>
  /** Whether strangers may have it. */
  public?: boolean
  /** Where to get it. */
  source?: ImagesPostSource | null
}

export interface ImagesPostSource {
  alias?: string
  certificate?: string
  /** LXD only, not in LXD 5.0; extension `image_registries`. */
  copy_aliases?: boolean
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint?: string
  /** LXD only, not in LXD 5.0; extension `image_registries`. */
  image_registry?: string
  image_type?: string
  mode?: TransferMode
  name?: string
  /** Name of the project. */
  project?: string
  protocol?: string
  secret?: string
  server?: string
  type?: ImageSourceType
  /** @deprecated */
  url?: string
}

export interface Instance {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Such as `x86_64`. */
  architecture: string
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** Devices by name; their options are text. */
  devices: Record<string, Record<string, string>>
  /** Incus only. */
  disk_only?: boolean
  /** Whether it is deleted when it stops. */
  ephemeral: boolean
  /** Configuration with that of the profiles. */
  expanded_config?: Record<string, string>
  /** Devices with those of the profiles. */
  expanded_devices?: Record<string, Record<string, string>>
  /** RFC 3339 time; the year 1 or 1970 stands for never. */
  last_used_at: string
  /** Name of the cluster member. */
  location: string
  name: string
  /** Names of the profiles, the later one winning. */
  profiles: string[]
  /** Name of the project. */
  project: string
  /**
   * Name of the snapshot to go back to.
   *
   * Not in LXD 6.9.
   */
  restore?: string
  /** With the state of its memory. */
  stateful: boolean
  status: InstanceStatus
  status_code: InstanceStatusCode
  type: InstanceType
}

export interface InstanceBackup {
  /**
   * The old name of `instance_only`.
   *
   * LXD only.
   *
   * @deprecated
   */
  container_only?: boolean
  /** RFC 3339 time. */
  created_at: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  /** Without snapshots. */
  instance_only: boolean
  name: string
  /** In the storage driver's own format. */
  optimized_storage: boolean
}

export interface InstanceBackupPost {
  name: string
}

export interface InstanceBackupsPost {
  /** Such as `gzip` or `none`. */
  compression_algorithm?: string
  /**
   * The old name of `instance_only`.
   *
   * LXD only.
   *
   * @deprecated
   */
  container_only?: boolean
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  /** Without snapshots. */
  instance_only?: boolean
  name?: string
  /** In the storage driver's own format. */
  optimized_storage?: boolean
  /** Incus only. */
  root_only?: boolean
  /** Incus only; extension `backup_s3_upload`. */
  target?: BackupTarget | null
  /** LXD only, not in LXD 5.0; extension `backup_metadata_version`. */
  version?: number
}

/** What the control websocket of a console takes. */
export interface InstanceConsoleControl {
  args?: Record<string, string>
  command?: string
}

export interface InstanceConsolePost {
  /** Incus only; extension `console_force`. */
  force?: boolean
  height?: number
  type?: ConsoleType
  width?: number
}

/** Incus only; extension `instances_debug_repair`. */
export interface InstanceDebugRepairPost {
  action: string
}

/** What the control websocket of a command takes. */
export interface InstanceExecControl {
  args?: Record<string, string>
  command?: string
  signal?: number
}

export interface InstanceExecPost {
  /** The program and its arguments; no shell is involved. */
  command: readonly string[]
  cwd?: string
  environment?: Record<string, string>
  group?: number
  height?: number
  /** Gives it a terminal. */
  interactive?: boolean
  /** Keeps the output in files; excludes `wait-for-websocket`. */
  'record-output'?: boolean
  user?: number
  /** Starts once all websockets are connected; excludes `record-output`. */
  'wait-for-websocket'?: boolean
  width?: number
}

export interface InstanceFull {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Such as `x86_64`. */
  architecture: string
  backups: InstanceBackup[] | null
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** Devices by name; their options are text. */
  devices: Record<string, Record<string, string>>
  /** Incus only. */
  disk_only?: boolean
  /** Whether it is deleted when it stops. */
  ephemeral: boolean
  /** Configuration with that of the profiles. */
  expanded_config?: Record<string, string>
  /** Devices with those of the profiles. */
  expanded_devices?: Record<string, Record<string, string>>
  /** RFC 3339 time; the year 1 or 1970 stands for never. */
  last_used_at: string
  /** Name of the cluster member. */
  location: string
  name: string
  /** Names of the profiles, the later one winning. */
  profiles: string[]
  /** Name of the project. */
  project: string
  /**
   * Name of the snapshot to go back to.
   *
   * Not in LXD 6.9.
   */
  restore?: string
  snapshots: InstanceSnapshot[] | null
  state: InstanceState | null
  /** With the state of its memory. */
  stateful: boolean
  status: InstanceStatus
  status_code: InstanceStatusCode
  type: InstanceType
}

/** Incus only; extension `instance_nvram`. */
export interface InstanceNVRAMVariable {
  attributes: string[]
  binary: number[]
  data?: unknown
  /** RFC 3339 time. */
  timestamp?: string
}

/** Incus only; extension `instance_nvram`. */
export interface InstanceNVRAMVariablePut {
  attributes?: readonly string[]
  data?: unknown
  /** RFC 3339 time. */
  timestamp?: string
}

/** Incus only; extension `instance_port_forward`. */
export interface InstancePortForwardPost {
  address?: string
  port: number
}

export interface InstancePost {
  /** Not in LXD 5.0; extension `instance_move_config`. */
  Config?: Record<string, string>
  /** Not in LXD 5.0; extension `instance_move_config`. */
  Devices?: Record<string, Record<string, string>>
  /** Not in LXD 5.0; extension `instance_move_config`. */
  Profiles?: readonly string[]
  /** Goes on when files change while they are copied. */
  allow_inconsistent?: boolean
  /**
   * The old name of `instance_only`.
   *
   * LXD only.
   *
   * @deprecated
   */
  container_only?: boolean
  /** Without snapshots. */
  instance_only?: boolean
  /** Without stopping it. */
  live?: boolean
  migration?: boolean
  name?: string
  /** LXD only, not in LXD 5.0; extension `override_snapshot_profiles_on_copy`. */
  override_snapshot_profiles?: boolean
  pool?: string
  /** Name of the project. */
  project?: string
  /** Incus only; extension `instance_refresh_migration`. */
  refresh?: boolean
  target?: InstancePostTarget | null
}

export interface InstancePostTarget {
  certificate?: string
  operation?: string
  secrets?: Record<string, string>
}

export interface InstancePut {
  /** Such as `x86_64`. */
  architecture?: string
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  /** Devices by name; their options are text. */
  devices?: Record<string, Record<string, string>>
  /** Incus only. */
  disk_only?: boolean
  /** Whether it is deleted when it stops. */
  ephemeral?: boolean
  /** Names of the profiles, the later one winning. */
  profiles?: readonly string[]
  /** Name of the snapshot to go back to. */
  restore?: string
  /** LXD only, not in LXD 5.0; extension `instance_snapshot_multi_volume`. */
  restore_disk_volumes_mode?: string
  /** With the state of its memory. */
  stateful?: boolean
}

/** Not in LXD 5.0; extension `instances_rebuild`. */
export interface InstanceRebuildPost {
  source: InstanceSource
}

export interface InstanceSnapshot {
  /** Such as `x86_64`. */
  architecture: string
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** RFC 3339 time. */
  created_at: string
  /** Incus only. */
  description?: string
  /** Devices by name; their options are text. */
  devices: Record<string, Record<string, string>>
  /** Whether it is deleted when it stops. */
  ephemeral: boolean
  /** Configuration with that of the profiles. */
  expanded_config?: Record<string, string>
  /** Devices with those of the profiles. */
  expanded_devices?: Record<string, Record<string, string>>
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  /** RFC 3339 time; the year 1 or 1970 stands for never. */
  last_used_at: string
  name: string
  /** Names of the profiles, the later one winning. */
  profiles: string[]
  /** Bytes. */
  size: number
  /** With the state of its memory. */
  stateful: boolean
}

export interface InstanceSnapshotPost {
  /** Without stopping it. */
  live?: boolean
  migration?: boolean
  name: string
  target?: InstancePostTarget | null
}

export interface InstanceSnapshotPut {
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
}

export interface InstanceSnapshotsPost {
  /** LXD only, not in LXD 5.0; extension `instance_snapshot_multi_volume`. */
  disk_volumes_mode?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string | null
  name?: string
  /** With the state of its memory. */
  stateful?: boolean
}

export interface InstanceSource {
  alias?: string
  /** Goes on when files change while they are copied. */
  allow_inconsistent?: boolean
  /** Fingerprint of the image the instance came from. */
  'base-image'?: string
  certificate?: string
  /**
   * The old name of `instance_only`.
   *
   * LXD only.
   *
   * @deprecated
   */
  container_only?: boolean
  /** LXD only, not in LXD 5.0; extension `instance_import_conversion`. */
  conversion_options?: readonly string[]
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint?: string
  /** LXD only, not in LXD 5.0; extension `image_registries`. */
  image_registry?: string
  /** Without snapshots. */
  instance_only?: boolean
  /** Without stopping it. */
  live?: boolean
  mode?: TransferMode
  operation?: string
  /** LXD only, not in LXD 5.0; extension `override_snapshot_profiles_on_copy`. */
  override_snapshot_profiles?: boolean
  /** Name of the project. */
  project?: string
  properties?: Record<string, string>
  protocol?: string
  refresh?: boolean
  /** Incus only; extension `custom_volume_refresh_exclude_older_snapshots`. */
  refresh_exclude_older?: boolean
  secret?: string
  secrets?: Record<string, string>
  server?: string
  source?: string
  /** LXD only, not in LXD 5.0; extension `instance_import_conversion`. */
  source_disk_size?: number
  type: InstanceSourceType
}

export interface InstanceState {
  cpu: InstanceStateCPU
  disk: Record<string, InstanceStateDisk>
  memory: InstanceStateMemory
  /** `null` unless it runs. */
  network: Record<string, InstanceStateNetwork> | null
  /** Incus only; extension `instances_state_os_info`. */
  os_info?: InstanceStateOSInfo | null
  pid: number
  processes: number
  /**
   * RFC 3339 time.
   *
   * Incus only; extension `instance_state_started_at`.
   */
  started_at?: string
  status: InstanceStatus
  status_code: InstanceStatusCode
}

export interface InstanceStateCPU {
  /** Incus only; extension `instance_state_cpu_time`. */
  allocated_time?: number
  /** Nanoseconds. */
  usage: number
}

export interface InstanceStateDisk {
  /** Not in LXD 5.0; extension `instances_state_total`. */
  total?: number
  usage: number
}

export interface InstanceStateMemory {
  swap_usage: number
  swap_usage_peak: number
  /** Not in LXD 5.0; extension `instances_state_total`. */
  total?: number
  usage: number
  usage_peak: number
}

export interface InstanceStateNetwork {
  /** Addresses with their ports or masks. */
  addresses: InstanceStateNetworkAddress[]
  counters: InstanceStateNetworkCounters
  host_name: string
  /** MAC address. */
  hwaddr: string
  mtu: number
  state: string
  type: string
}

export interface InstanceStateNetworkAddress {
  address: string
  family: string
  netmask: string
  scope: string
}

export interface InstanceStateNetworkCounters {
  bytes_received: number
  bytes_sent: number
  errors_received: number
  errors_sent: number
  packets_dropped_inbound: number
  packets_dropped_outbound: number
  packets_received: number
  packets_sent: number
}

/** Incus only; extension `instances_state_os_info`. */
export interface InstanceStateOSInfo {
  fqdn: string
  hostname: string
  kernel_version: string
  os: string
  os_version: string
}

export interface InstanceStatePut {
  action: InstanceAction
  /** Does not wait for a clean end. */
  force?: boolean
  /** Saves or restores the state of its memory. */
  stateful?: boolean
  /** Seconds to give a clean stop; -1 for ever. */
  timeout?: number
}

/** LXD only, not in LXD 5.0; extension `instances_uefi_vars`. */
export interface InstanceUEFIVariable {
  attr: number
  data: string
  digest: string
  /** RFC 3339 time. */
  timestamp: string
}

/** LXD only, not in LXD 5.0; extension `instances_uefi_vars`. */
export interface InstanceUEFIVariableInput {
  attr?: number
  data?: string
  digest?: string
  /** RFC 3339 time. */
  timestamp?: string
}

/** LXD only, not in LXD 5.0; extension `instances_uefi_vars`. */
export interface InstanceUEFIVars {
  variables: Record<string, InstanceUEFIVariable>
}

/** LXD only, not in LXD 5.0; extension `instances_uefi_vars`. */
export interface InstanceUEFIVarsInput {
  variables?: Record<string, InstanceUEFIVariableInput>
}

export interface InstancesPost {
  /** Such as `x86_64`. */
  architecture?: string
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  /** Devices by name; their options are text. */
  devices?: Record<string, Record<string, string>>
  /** Incus only. */
  disk_only?: boolean
  /** Whether it is deleted when it stops. */
  ephemeral?: boolean
  /** Size by a cloud type: `t1.micro`. */
  instance_type?: string
  /** Chosen by the server if missing. */
  name?: string
  /** Names of the profiles, the later one winning. */
  profiles?: readonly string[]
  /** Name of the snapshot to go back to. */
  restore?: string
  /** LXD only, not in LXD 5.0; extension `instance_snapshot_multi_volume`. */
  restore_disk_volumes_mode?: string
  /** What it is made from. */
  source: InstanceSource
  /** Not in LXD 5.0; extension `instance_create_start`. */
  start?: boolean
  /** With the state of its memory. */
  stateful?: boolean
  type?: InstanceType
}

export interface InstancesPut {
  state: InstanceStatePut | null
}

/**
 * Metadata of an operation that waits for a client or a member: base64 of it, in its documented form, is the
 * token.
 */
export interface JoinToken {
  /** Addresses with their ports or masks. */
  addresses: string[]
  expiresAt?: unknown
  /** SHA-256 in hexadecimal; calls accept a unique beginning of it. */
  fingerprint: string
  request?: unknown
  secret: string
  serverName?: string
}

/** Not in LXD 5.0; extension `metadata_configuration`. */
export interface MetadataConfiguration {
  configs: Record<string, Record<string, MetadataConfigurationConfigKeys>>
  /** LXD only, not in LXD 5.0; extension `metadata_configuration_entity_types`. */
  entities?: Record<string, MetadataConfigurationEntity>
}

/** Not in LXD 5.0; extension `metadata_configuration`. */
export interface MetadataConfigurationConfigKey {
  condition?: string
  default?: string
  defaultdesc?: string
  initialvaluedesc?: string
  /** Incus only. */
  liveupdate?: string
  longdesc: string
  /**
   * Whether the server made it, and may change it.
   *
   * LXD only, not in LXD 5.0.
   */
  managed?: string
  /** LXD only, not in LXD 5.0. */
  required?: string
  resource?: string
  scope?: string
  shortdesc: string
  type: string
}

/** Not in LXD 5.0; extension `metadata_configuration`. */
export interface MetadataConfigurationConfigKeys {
  keys: Record<string, MetadataConfigurationConfigKey>[]
}

/** LXD only, not in LXD 5.0; extension `metadata_configuration_entity_types`. */
export interface MetadataConfigurationEntity {
  entitlements: MetadataConfigurationEntityEntitlement[]
  project_specific: boolean
}

/** LXD only, not in LXD 5.0; extension `metadata_configuration_entity_types`. */
export interface MetadataConfigurationEntityEntitlement {
  description: string
  name: string
}

/** Metadata of an operation that waits for the other side of a migration. */
export interface MigrationSecrets {
  control: string
  criu?: string
  filesystem?: string
  fs?: string
}

export interface Network {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  /** Names of the cluster members. */
  locations: string[] | null
  /** Whether the server made it, and may change it. */
  managed: boolean
  name: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0; extension `networks_all_projects`.
   */
  project?: string
  status: string
  type: string
  /** URLs of what uses it. */
  used_by: string[] | null
}

export interface NetworkACL {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  egress: NetworkACLRule[]
  ingress: NetworkACLRule[]
  name: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0.
   */
  project?: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface NetworkACLPost {
  name: string
}

export interface NetworkACLPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  egress?: readonly NetworkACLRuleInput[]
  ingress?: readonly NetworkACLRuleInput[]
}

export interface NetworkACLRule {
  action: NetworkACLAction
  description?: string
  destination?: string
  destination_port?: string
  icmp_code?: string
  icmp_type?: string
  protocol?: string
  source?: string
  source_port?: string
  state: NetworkACLState
}

export interface NetworkACLRuleInput {
  action: NetworkACLAction
  description?: string
  destination?: string
  destination_port?: string
  icmp_code?: string
  icmp_type?: string
  protocol?: string
  source?: string
  source_port?: string
  state?: NetworkACLState
}

export interface NetworkACLsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  egress?: readonly NetworkACLRuleInput[]
  ingress?: readonly NetworkACLRuleInput[]
  name: string
}

/** Incus only; extension `network_address_set`. */
export interface NetworkAddressSet {
  /** Addresses with their ports or masks. */
  addresses: string[]
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description: string
  name: string
  /** Name of the project. */
  project: string
  /** URLs of what uses it. */
  used_by: string[]
}

/** Incus only; extension `network_address_set`. */
export interface NetworkAddressSetPost {
  name: string
}

/** Incus only; extension `network_address_set`. */
export interface NetworkAddressSetPut {
  /** Addresses with their ports or masks. */
  addresses?: readonly string[]
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** Incus only; extension `network_address_set`. */
export interface NetworkAddressSetsPost {
  /** Addresses with their ports or masks. */
  addresses?: readonly string[]
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
}

/** Not in LXD 5.0; extension `network_allocations`. */
export interface NetworkAllocations {
  /** Addresses with their ports or masks. */
  addresses: string
  /** MAC address. */
  hwaddr: string
  nat: boolean
  network?: string
  type: string
  /** URLs of what uses it. */
  used_by: string
}

export interface NetworkForward {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  listen_address: string
  /** Name of the cluster member. */
  location: string
  ports: NetworkForwardPort[]
}

export interface NetworkForwardPort {
  description: string
  listen_port: string
  protocol: string
  /** Incus only; extension `network_forward_snat`. */
  snat?: boolean
  target_address: string
  target_port: string
}

export interface NetworkForwardPortInput {
  description?: string
  listen_port?: string
  protocol?: string
  /** Incus only; extension `network_forward_snat`. */
  snat?: boolean
  target_address?: string
  target_port?: string
}

export interface NetworkForwardPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  ports?: readonly NetworkForwardPortInput[]
}

export interface NetworkForwardsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  listen_address: string
  ports?: readonly NetworkForwardPortInput[]
}

/** Incus only; extension `network_integrations`. */
export interface NetworkIntegration {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  type: string
  /** URLs of what uses it. */
  used_by: string[]
}

/** Incus only; extension `network_integrations`. */
export interface NetworkIntegrationPost {
  name: string
}

/** Incus only; extension `network_integrations`. */
export interface NetworkIntegrationPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** Incus only; extension `network_integrations`. */
export interface NetworkIntegrationsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
  type: string
}

export interface NetworkLease {
  address: string
  hostname: string
  /** MAC address. */
  hwaddr: string
  /** Name of the cluster member. */
  location: string
  /**
   * Name of the project.
   *
   * LXD only, not in LXD 5.0; extension `network_allocations_ovn_uplink`.
   */
  project?: string
  type: string
}

export interface NetworkLoadBalancer {
  backends: NetworkLoadBalancerBackend[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  listen_address: string
  /** Name of the cluster member. */
  location: string
  ports: NetworkLoadBalancerPort[]
}

export interface NetworkLoadBalancerBackend {
  description: string
  name: string
  target_address: string
  target_port: string
}

export interface NetworkLoadBalancerBackendInput {
  description?: string
  name?: string
  target_address?: string
  target_port?: string
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool`. */
export interface NetworkLoadBalancerPool {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  instances: NetworkLoadBalancerPoolInstance[]
  name: string
  /** URLs of what uses it. */
  used_by: string[]
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool`. */
export interface NetworkLoadBalancerPoolInstance {
  name: string
  target_port?: string
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool`. */
export interface NetworkLoadBalancerPoolInstanceInput {
  name?: string
  target_port?: string
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool`. */
export interface NetworkLoadBalancerPoolPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  instances?: readonly NetworkLoadBalancerPoolInstanceInput[]
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool_health_checks`. */
export interface NetworkLoadBalancerPoolState {
  targets?: NetworkLoadBalancerPoolTarget[]
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool_health_checks`. */
export interface NetworkLoadBalancerPoolTarget {
  address: string
  device: string
  listen_address: string
  listen_port: string
  name: string
  port: string
  status: string
}

/** LXD only, not in LXD 5.0; extension `network_load_balancer_pool`. */
export interface NetworkLoadBalancerPoolsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  instances?: readonly NetworkLoadBalancerPoolInstanceInput[]
  name: string
}

export interface NetworkLoadBalancerPort {
  description: string
  listen_port: string
  protocol: string
  target_backend?: string[]
  /** LXD only, not in LXD 5.0. */
  target_pool?: string
}

export interface NetworkLoadBalancerPortInput {
  description?: string
  listen_port?: string
  protocol?: string
  target_backend?: readonly string[]
  /** LXD only, not in LXD 5.0. */
  target_pool?: string
}

export interface NetworkLoadBalancerPut {
  backends?: readonly NetworkLoadBalancerBackendInput[]
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  ports?: readonly NetworkLoadBalancerPortInput[]
}

/** Incus only; extension `network_load_balancer_state`. */
export interface NetworkLoadBalancerState {
  backend_health: Record<string, NetworkLoadBalancerStateBackendHealth>
}

/** Incus only; extension `network_load_balancer_state`. */
export interface NetworkLoadBalancerStateBackendHealth {
  address: string
  ports: NetworkLoadBalancerStateBackendHealthPort[]
}

/** Incus only; extension `network_load_balancer_state`. */
export interface NetworkLoadBalancerStateBackendHealthPort {
  port: number
  protocol: string
  status: string
}

export interface NetworkLoadBalancersPost {
  backends?: readonly NetworkLoadBalancerBackendInput[]
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  listen_address: string
  ports?: readonly NetworkLoadBalancerPortInput[]
}

export interface NetworkPeer {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  status: string
  /** Incus only; extension `network_integrations`. */
  target_integration?: string
  target_network?: string
  target_project?: string
  /** Incus only; extension `network_integrations`. */
  type?: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface NetworkPeerPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

export interface NetworkPeersPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
  /** Incus only; extension `network_integrations`. */
  target_integration?: string
  target_network?: string
  target_project?: string
  /** Incus only; extension `network_integrations`. */
  type?: string
}

export interface NetworkPost {
  name: string
}

export interface NetworkPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

export interface NetworkState {
  /** Addresses with their ports or masks. */
  addresses: NetworkStateAddress[]
  bond: NetworkStateBond | null
  bridge: NetworkStateBridge | null
  counters: NetworkStateCounters | null
  /** MAC address. */
  hwaddr: string
  mtu: number
  ovn: NetworkStateOVN | null
  state: string
  type: string
  vlan: NetworkStateVLAN | null
}

export interface NetworkStateAddress {
  address: string
  family: string
  netmask: string
  scope: string
}

export interface NetworkStateBond {
  down_delay: number
  lower_devices: string[]
  mii_frequency: number
  mii_state: string
  mode: string
  transmit_policy: string
  up_delay: number
}

export interface NetworkStateBridge {
  forward_delay: number
  id: string
  stp: boolean
  upper_devices: string[]
  vlan_default: number
  vlan_filtering: boolean
}

export interface NetworkStateCounters {
  bytes_received: number
  bytes_sent: number
  packets_received: number
  packets_sent: number
}

export interface NetworkStateOVN {
  chassis: string
  /** Incus only; extension `network_state_ovn_lr`. */
  logical_router?: string
  /** Incus only; extension `network_state_ovn_ls`. */
  logical_switch?: string
  /** Incus only; extension `network_ovn_state_addresses`. */
  uplink_ipv4?: string
  /** Incus only; extension `network_ovn_state_addresses`. */
  uplink_ipv6?: string
}

export interface NetworkStateVLAN {
  lower_device: string
  vid: number
}

export interface NetworkZone {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0; extension `network_zones_all_projects`.
   */
  project?: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface NetworkZonePut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

export interface NetworkZoneRecord {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  entries: NetworkZoneRecordEntry[]
  name: string
}

export interface NetworkZoneRecordEntry {
  ttl?: number
  type: string
  value: string
}

export interface NetworkZoneRecordEntryInput {
  ttl?: number
  type: string
  value: string
}

export interface NetworkZoneRecordPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  entries?: readonly NetworkZoneRecordEntryInput[]
}

export interface NetworkZoneRecordsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  entries?: readonly NetworkZoneRecordEntryInput[]
  name: string
}

export interface NetworkZonesPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
}

export interface NetworksPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
  type?: string
}

/** LXD only, not in LXD 5.0; extension `auth_oidc_sessions`. */
export interface OIDCSession {
  /** RFC 3339 time. */
  created_at: string
  email: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  ip: string
  user_agent: string
  username: string
  uuid: string
}

/** What the server does in the background. */
export interface Operation<Metadata = OperationMetadata> {
  /** LXD only, not in LXD 5.0; extension `operation_child_count`. */
  child_count?: number
  class: OperationClass
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** Why it failed; empty when it was cancelled. */
  err: string
  /** LXD only, not in LXD 5.0; extension `bulk_operations`. */
  err_code?: number
  id: string
  /** Name of the cluster member. */
  location: string
  /** Whether `delete()` on the operation cancels it. */
  may_cancel: boolean
  /** What the operation tells of its progress and outcome. */
  metadata: Metadata
  /** LXD only, not in LXD 5.0; extension `operation_requestor`. */
  requestor?: OperationRequestor
  /** URLs of what it works on, by kind. */
  resources: Record<string, string[]> | null
  status: OperationStatus
  status_code: OperationStatusCode
  /** RFC 3339 time. */
  updated_at: string
}

/** LXD only, not in LXD 5.0; extension `operation_requestor`. */
export interface OperationRequestor {
  address: string
  protocol: string
  username: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface Permission {
  entitlement: string
  entity_type: string
  url: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface PermissionInput {
  entitlement?: string
  entity_type?: string
  url?: string
}

/** LXD only, not in LXD 5.0; extension `access_management`. */
export interface PermissionInfo {
  entitlement: string
  entity_type: string
  groups: string[]
  url: string
}

/** LXD only, not in LXD 5.0. */
export interface PlacementGroup {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  /** Name of the project. */
  project: string
  /** URLs of what uses it. */
  used_by: string[]
}

/** LXD only, not in LXD 5.0. */
export interface PlacementGroupPost {
  name: string
}

/** LXD only, not in LXD 5.0. */
export interface PlacementGroupPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** LXD only, not in LXD 5.0. */
export interface PlacementGroupsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
}

export interface Profile {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  /** Devices by name; their options are text. */
  devices: Record<string, Record<string, string>>
  name: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0; extension `profiles_all_projects`.
   */
  project?: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface ProfilePost {
  name: string
}

export interface ProfilePut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  /** Devices by name; their options are text. */
  devices?: Record<string, Record<string, string>>
}

export interface ProfilesPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  /** Devices by name; their options are text. */
  devices?: Record<string, Record<string, string>>
  name: string
}

export interface Project {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  name: string
  /** LXD only, not in LXD 5.0; extension `project_replica_mode`. */
  replica_mode?: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface ProjectPost {
  name: string
}

export interface ProjectPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

export interface ProjectState {
  resources: Record<string, ProjectStateResource>
}

/** LXD only, not in LXD 5.0; extension `project_replica_mode`. */
export interface ProjectStatePut {
  replica_mode?: string
}

export interface ProjectStateResource {
  Limit: number
  Usage: number
}

export interface ProjectsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
  /** LXD only, not in LXD 5.0. */
  network?: string
  /** LXD only, not in LXD 5.0. */
  storage?: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface Replicator {
  /** What the caller may do with it, where the call asks for that. */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  last_run_at: string
  last_run_status: string
  name: string
  /** Name of the project. */
  project: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface ReplicatorPost {
  name: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface ReplicatorPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface ReplicatorState {
  status: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface ReplicatorStatePut {
  action: string
}

/** LXD only, not in LXD 5.0; extension `replicators`. */
export interface ReplicatorsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
}

export interface Resources {
  cpu: ResourcesCPU
  gpu: ResourcesGPU
  /** Incus only; extension `resources_load`. */
  load?: ResourcesLoad
  memory: ResourcesMemory
  network: ResourcesNetwork
  pci: ResourcesPCI
  /** Incus only; extension `resources_serial`. */
  serial?: ResourcesSerial
  storage: ResourcesStorage
  system: ResourcesSystem
  usb: ResourcesUSB
}

export interface ResourcesCPU {
  /** Such as `x86_64`. */
  architecture: string
  sockets: ResourcesCPUSocket[]
  total: number
}

/** Incus only; extension `resources_cpu_address_sizes`. */
export interface ResourcesCPUAddressSizes {
  physical_bits: number
  virtual_bits: number
}

export interface ResourcesCPUCache {
  level: number
  /** Bytes. */
  size: number
  type: string
}

export interface ResourcesCPUCore {
  /** Incus only; extension `resources_cpu_cluster`. */
  cluster?: number
  core: number
  die: number
  /** Incus only; extension `resources_cpu_flags`. */
  flags?: string[]
  frequency?: number
  threads: ResourcesCPUThread[]
}

export interface ResourcesCPUSocket {
  /** Incus only; extension `resources_cpu_address_sizes`. */
  address_sizes?: ResourcesCPUAddressSizes
  cache?: ResourcesCPUCache[]
  cores: ResourcesCPUCore[]
  frequency?: number
  frequency_minimum?: number
  frequency_turbo?: number
  name?: string
  socket: number
  vendor?: string
}

export interface ResourcesCPUThread {
  id: number
  isolated: boolean
  numa_node: number
  online: boolean
  thread: number
}

export interface ResourcesGPU {
  cards: ResourcesGPUCard[]
  total: number
}

export interface ResourcesGPUCard {
  driver?: string
  driver_version?: string
  drm?: ResourcesGPUCardDRM
  mdev?: Record<string, ResourcesGPUCardMdev>
  numa_node: number
  nvidia?: ResourcesGPUCardNvidia
  pci_address?: string
  product?: string
  product_id?: string
  sriov?: ResourcesGPUCardSRIOV
  usb_address?: string
  vendor?: string
  vendor_id?: string
}

export interface ResourcesGPUCardDRM {
  card_device: string
  card_name: string
  control_device?: string
  control_name?: string
  id: number
  render_device?: string
  render_name?: string
}

export interface ResourcesGPUCardMdev {
  api: string
  available: number
  description?: string
  /** Devices by name; their options are text. */
  devices: string[]
  name?: string
}

export interface ResourcesGPUCardNvidia {
  /** Such as `x86_64`. */
  architecture?: string
  brand: string
  card_device: string
  card_name: string
  cuda_version?: string
  model: string
  nvrm_version?: string
  uuid?: string
}

export interface ResourcesGPUCardSRIOV {
  current_vfs: number
  maximum_vfs: number
  vfs: ResourcesGPUCard[]
}

/** Incus only; extension `resources_load`. */
export interface ResourcesLoad {
  Average10Min: number
  Average1Min: number
  Average5Min: number
  Processes: number
}

export interface ResourcesMemory {
  hugepages_size: number
  hugepages_total: number
  hugepages_used: number
  nodes?: ResourcesMemoryNode[]
  total: number
  used: number
}

export interface ResourcesMemoryNode {
  hugepages_total: number
  hugepages_used: number
  numa_node: number
  total: number
  used: number
}

export interface ResourcesNetwork {
  cards: ResourcesNetworkCard[]
  total: number
}

export interface ResourcesNetworkCard {
  driver?: string
  driver_version?: string
  firmware_version?: string
  numa_node: number
  pci_address?: string
  ports?: ResourcesNetworkCardPort[]
  product?: string
  product_id?: string
  sriov?: ResourcesNetworkCardSRIOV
  usb_address?: string
  /** Not in LXD 5.0; extension `ovn_nic_acceleration_vdpa`. */
  vdpa?: ResourcesNetworkCardVDPA
  vendor?: string
  vendor_id?: string
}

export interface ResourcesNetworkCardPort {
  address?: string
  auto_negotiation: boolean
  id: string
  infiniband?: ResourcesNetworkCardPortInfiniband
  link_detected: boolean
  link_duplex?: string
  link_speed?: number
  port: number
  port_type?: string
  protocol: string
  supported_modes?: string[]
  supported_ports?: string[]
  transceiver_type?: string
}

export interface ResourcesNetworkCardPortInfiniband {
  issm_device?: string
  issm_name?: string
  mad_device?: string
  mad_name?: string
  verb_device?: string
  verb_name?: string
}

export interface ResourcesNetworkCardSRIOV {
  current_vfs: number
  maximum_vfs: number
  vfs: ResourcesNetworkCard[]
}

/** Not in LXD 5.0; extension `ovn_nic_acceleration_vdpa`. */
export interface ResourcesNetworkCardVDPA {
  device: string
  name: string
}

export interface ResourcesPCI {
  /** Devices by name; their options are text. */
  devices: ResourcesPCIDevice[]
  total: number
}

export interface ResourcesPCIDevice {
  driver: string
  driver_version: string
  iommu_group: number
  numa_node: number
  pci_address: string
  product: string
  product_id: string
  vendor: string
  vendor_id: string
  vpd: ResourcesPCIVPD
}

export interface ResourcesPCIVPD {
  entries?: Record<string, string>
  product_name?: string
}

/** Incus only; extension `resources_serial`. */
export interface ResourcesSerial {
  /** Devices by name; their options are text. */
  devices: ResourcesSerialDevice[]
  total: number
}

/** Incus only; extension `resources_serial`. */
export interface ResourcesSerialDevice {
  device: string
  device_id: string
  device_path: string
  driver: string
  id: string
  product: string
  product_id: string
  vendor: string
  vendor_id: string
}

export interface ResourcesStorage {
  disks: ResourcesStorageDisk[]
  total: number
}

export interface ResourcesStorageDisk {
  block_size: number
  device: string
  /** LXD only, not in LXD 5.0; extension `resources_device_fs_uuid`. */
  device_fs_uuid?: string
  device_id: string
  device_path?: string
  firmware_version?: string
  id: string
  model?: string
  /** LXD only, not in LXD 5.0. */
  mounted?: boolean
  numa_node: number
  partitions: ResourcesStorageDiskPartition[]
  pci_address?: string
  read_only: boolean
  removable: boolean
  rpm: number
  serial?: string
  /** Bytes. */
  size: number
  type?: string
  usb_address?: string
  /**
   * URLs of what uses it.
   *
   * LXD only, not in LXD 5.0; extension `resources_disk_used_by`.
   */
  used_by?: string
  wwn?: string
}

export interface ResourcesStorageDiskPartition {
  device: string
  /** LXD only, not in LXD 5.0; extension `resources_device_fs_uuid`. */
  device_fs_uuid?: string
  id: string
  /** LXD only, not in LXD 5.0. */
  mounted?: boolean
  partition: number
  read_only: boolean
  /** Bytes. */
  size: number
}

export interface ResourcesStoragePool {
  inodes?: ResourcesStoragePoolInodes
  space?: ResourcesStoragePoolSpace
}

export interface ResourcesStoragePoolInodes {
  total: number
  used: number
}

export interface ResourcesStoragePoolSpace {
  total: number
  used?: number
}

export interface ResourcesSystem {
  chassis: ResourcesSystemChassis | null
  family: string
  firmware: ResourcesSystemFirmware | null
  motherboard: ResourcesSystemMotherboard | null
  product: string
  serial: string
  sku: string
  type: string
  uuid: string
  vendor: string
  version: string
}

export interface ResourcesSystemChassis {
  serial: string
  type: string
  vendor: string
  version: string
}

export interface ResourcesSystemFirmware {
  date: string
  vendor: string
  version: string
}

export interface ResourcesSystemMotherboard {
  product: string
  serial: string
  vendor: string
  version: string
}

export interface ResourcesUSB {
  /** Devices by name; their options are text. */
  devices: ResourcesUSBDevice[]
  total: number
}

export interface ResourcesUSBDevice {
  bus_address: number
  device_address: number
  interfaces: ResourcesUSBDeviceInterface[]
  product: string
  product_id: string
  /** Not in LXD 5.0; extension `device_usb_serial`. */
  serial?: string
  speed: number
  vendor: string
  vendor_id: string
}

export interface ResourcesUSBDeviceInterface {
  class: string
  class_id: number
  driver: string
  driver_version: string
  number: number
  subclass: string
  subclass_id: number
}

/** The server; to strangers all but `environment` and `config`, and fewer extensions. */
export interface Server {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** What the server can do beyond `1.0`: ask for a feature here, never by version. */
  api_extensions: string[]
  api_status: string
  api_version: string
  auth: ServerAuth
  auth_methods: string[]
  /** Not in LXD 5.0; extension `auth_user`. */
  auth_user_method?: string
  /** Not in LXD 5.0; extension `auth_user`. */
  auth_user_name?: string
  /** LXD only, not in LXD 5.0; extension `client_cert_presence`. */
  client_certificate?: boolean
  /** Configuration by key; values are text. */
  config: ServerConfig
  environment: ServerEnvironment
  /** Whether strangers may have it. */
  public: boolean
}

/** Configuration of the server by key; those of newer servers too. */
export interface ServerConfig {
  'acme.agree_tos'?: string
  'acme.domain'?: string
  'acme.email'?: string
  'backups.compression_algorithm'?: string
  'cluster.healing_threshold'?: string
  'cluster.https_address'?: string
  'cluster.images_minimal_replica'?: string
  'cluster.join_token_expiry'?: string
  'cluster.max_standby'?: string
  'cluster.max_voters'?: string
  'cluster.offline_threshold'?: string
  'core.bgp_address'?: string
  'core.bgp_asn'?: string
  'core.bgp_routerid'?: string
  'core.debug_address'?: string
  'core.dns_address'?: string
  'core.https_address'?: string
  'core.https_allowed_credentials'?: string
  'core.https_allowed_headers'?: string
  'core.https_allowed_methods'?: string
  'core.https_allowed_origin'?: string
  'core.https_trusted_proxy'?: string
  'core.metrics_address'?: string
  'core.metrics_authentication'?: string
  'core.proxy_http'?: string
  'core.proxy_https'?: string
  'core.proxy_ignore_hosts'?: string
  'core.remote_token_expiry'?: string
  'core.shutdown_timeout'?: string
  'core.storage_buckets_address'?: string
  'core.trust_ca_certificates'?: string
  /** Answered as `true` where there is one. */
  'core.trust_password'?: unknown
  'images.auto_update_cached'?: string
  'images.auto_update_interval'?: string
  'images.compression_algorithm'?: string
  'images.default_architecture'?: string
  'images.remote_cache_expiry'?: string
  'instances.migration.stateful'?: string
  'instances.nic.host_name'?: string
  'instances.placement.scriptlet'?: string
  'network.ovn.integration_bridge'?: string
  'network.ovn.northbound_connection'?: string
  'oidc.audience'?: string
  'oidc.client.id'?: string
  'oidc.issuer'?: string
  'storage.backups_volume'?: string
  'storage.images_volume'?: string
  [key: string]: unknown
}

export interface ServerEnvironment {
  /** Addresses with their ports or masks. */
  addresses: string[]
  architectures: string[]
  /** LXD only, not in LXD 5.0; extension `backup_metadata_version`. */
  backup_metadata_version_range?: number[]
  /** PEM text. */
  certificate: string
  certificate_fingerprint: string
  driver: string
  driver_version: string
  firewall: string
  /** LXD only, not in LXD 5.0; extension `server_instance_type_info`. */
  instance_types?: string[]
  kernel: string
  kernel_architecture: string
  kernel_features: Record<string, string>
  kernel_version: string
  lxc_features: Record<string, string>
  os_name: string
  os_version: string
  /** Name of the project. */
  project: string
  server: string
  server_clustered: boolean
  server_event_mode: string
  /** LXD only, not in LXD 5.0. */
  server_lts?: boolean
  /** Name of the cluster member. */
  server_name: string
  server_pid: number
  server_version: string
  storage: string
  storage_supported_drivers: ServerStorageDriverInfo[]
  storage_version: string
}

export interface ServerPut {
  /** Configuration by key; values are text. */
  config?: ServerConfig
}

export interface ServerStorageDriverInfo {
  Name: string
  Remote: boolean
  Version: string
}

export interface StorageBucket {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  /** Name of the cluster member. */
  location: string
  name: string
  /**
   * Name of the project.
   *
   * Not in LXD 5.0; extension `storage_buckets_all_projects`.
   */
  project?: string
  /** Where the bucket answers. */
  s3_url: string
}

/** Incus only; extension `storage_bucket_backup`. */
export interface StorageBucketBackup {
  /** RFC 3339 time. */
  created_at: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  name: string
}

/** Incus only; extension `storage_bucket_backup`. */
export interface StorageBucketBackupPost {
  name: string
}

/** Incus only; extension `storage_bucket_backup`. */
export interface StorageBucketBackupsPost {
  /** Such as `gzip` or `none`. */
  compression_algorithm?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  name?: string
}

/** Incus only; extension `storage_bucket_full`. */
export interface StorageBucketFull {
  backups?: StorageBucketBackup[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  keys?: StorageBucketKey[]
  /** Name of the cluster member. */
  location: string
  name: string
  /** Name of the project. */
  project: string
  /** Where the bucket answers. */
  s3_url: string
}

export interface StorageBucketKey {
  'access-key': string
  description: string
  name: string
  /** `admin` or `read-only`. */
  role: string
  'secret-key': string
}

export interface StorageBucketKeyPut {
  'access-key'?: string
  description?: string
  role?: string
  'secret-key'?: string
}

export interface StorageBucketKeysPost {
  'access-key'?: string
  description?: string
  name: string
  role?: string
  'secret-key'?: string
}

export interface StorageBucketPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

export interface StorageBucketsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  name: string
}

export interface StoragePool {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  description: string
  driver: string
  /** Names of the cluster members. */
  locations: string[]
  name: string
  status: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface StoragePoolPut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
}

/** Not in LXD 5.0; extension `cluster_member_state`. */
export interface StoragePoolState {
  inodes: ResourcesStoragePoolInodes
  space: ResourcesStoragePoolSpace
}

export interface StoragePoolsPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  driver: string
  name: string
}

export interface StorageVolume {
  /**
   * What the caller may do with it, where the call asks for that.
   *
   * LXD only, not in LXD 5.0.
   */
  access_entitlements?: string[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** `filesystem`, `block` or `iso`. */
  content_type: string
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** Name of the cluster member. */
  location: string
  name: string
  /** LXD only, not in LXD 5.0; extension `storage_volumes_all`. */
  pool?: string
  /** Name of the project. */
  project: string
  /**
   * Name of the snapshot to go back to.
   *
   * Not in LXD 6.9; extension `storage_api_volume_snapshots`.
   */
  restore?: string
  type: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface StorageVolumeBackup {
  /** RFC 3339 time. */
  created_at: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string
  name: string
  /** In the storage driver's own format. */
  optimized_storage: boolean
  /** Without snapshots. */
  volume_only: boolean
}

export interface StorageVolumeBackupPost {
  name: string
}

export interface StorageVolumeBackupsPost {
  /** Such as `gzip` or `none`. */
  compression_algorithm?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string
  name?: string
  /** In the storage driver's own format. */
  optimized_storage?: boolean
  /** Incus only; extension `backup_s3_upload`. */
  target?: BackupTarget | null
  /** LXD only, not in LXD 5.0; extension `backup_metadata_version`. */
  version?: number
  /** Without snapshots. */
  volume_only?: boolean
}

/** Incus only; extension `storage_volume_nbd`. */
export interface StorageVolumeBitmap {
  busy: boolean
  count: number
  granularity: number
  inconsistent: boolean
  name: string
  persistent: boolean
  recording: boolean
}

/** Incus only; extension `storage_volume_nbd`. */
export interface StorageVolumeBitmapsPost {
  disabled?: boolean
  granularity?: number
  name: string
  persistent?: boolean
}

/** Incus only; extension `storage_volume_full`. */
export interface StorageVolumeFull {
  backups?: StorageVolumeBackup[]
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** `filesystem`, `block` or `iso`. */
  content_type: string
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** Name of the cluster member. */
  location: string
  name: string
  /** Name of the project. */
  project: string
  /** Name of the snapshot to go back to. */
  restore?: string
  snapshots?: StorageVolumeSnapshot[]
  state?: StorageVolumeState | null
  type: string
  /** URLs of what uses it. */
  used_by: string[]
}

export interface StorageVolumePost {
  migration?: boolean
  name: string
  pool?: string
  /** Name of the project. */
  project?: string
  /** Not in LXD 5.0; extension `cluster_internal_custom_volume_copy`. */
  source?: StorageVolumeSource
  target?: StorageVolumePostTarget | null
  /** Without snapshots. */
  volume_only?: boolean
}

export interface StorageVolumePostTarget {
  certificate?: string
  operation?: string
  secrets?: Record<string, string>
}

export interface StorageVolumePut {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  description?: string
  /** Name of the snapshot to go back to. */
  restore?: string
}

export interface StorageVolumeSnapshot {
  /** Configuration by key; values are text. */
  config: Record<string, string>
  /** `filesystem`, `block` or `iso`. */
  content_type: string
  /** RFC 3339 time. */
  created_at: string
  description: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at: string | null
  name: string
}

export interface StorageVolumeSnapshotPost {
  /** Not in LXD 5.0; extension `storage_api_remote_volume_snapshot_copy`. */
  migration?: boolean
  name: string
  /** Not in LXD 5.0; extension `storage_api_remote_volume_snapshot_copy`. */
  target?: StorageVolumePostTarget | null
}

export interface StorageVolumeSnapshotPut {
  description?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string | null
}

export interface StorageVolumeSnapshotsPost {
  /** LXD only, not in LXD 5.0. */
  description?: string
  /** RFC 3339 time; the year 1 stands for never. */
  expires_at?: string | null
  name?: string
}

export interface StorageVolumeSource {
  certificate?: string
  /**
   * Name of the cluster member.
   *
   * Not in LXD 5.0; extension `cluster_internal_custom_volume_copy`.
   */
  location?: string
  mode?: TransferMode
  name?: string
  operation?: string
  pool?: string
  /** Name of the project. */
  project?: string
  refresh?: boolean
  /** Incus only; extension `custom_volume_refresh_exclude_older_snapshots`. */
  refresh_exclude_older?: boolean
  secrets?: Record<string, string>
  type?: StorageVolumeSourceType
  /** Without snapshots. */
  volume_only?: boolean
}

export interface StorageVolumeState {
  usage: StorageVolumeStateUsage | null
}

export interface StorageVolumeStateUsage {
  total: number
  used?: number
}

export interface StorageVolumesPost {
  /** Configuration by key; values are text. */
  config?: Record<string, string>
  /** `filesystem`, `block` or `iso`. */
  content_type?: string
  description?: string
  name: string
  /** Name of the snapshot to go back to. */
  restore?: string
  /** What it is made from. */
  source?: StorageVolumeSource
  type?: string
}

export interface Warning {
  count: number
  /** URL of what it is about. */
  entity_url: string
  /** RFC 3339 time. */
  first_seen_at: string
  last_message: string
  /** RFC 3339 time. */
  last_seen_at: string
  /** Name of the cluster member. */
  location: string
  /** Name of the project. */
  project: string
  severity: WarningSeverity
  status: WarningStatus
  type: string
  uuid: string
}

export interface WarningPut {
  status: WarningStatus
}


// The query parameters of calls

export interface AllProjectsFilterProjectQuery {
  /** Lists those of every project. */
  readonly 'all-projects'?: boolean
  /** A condition such as `status eq Running`. */
  readonly filter?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface AllProjectsFilterProjectTargetQuery {
  /** Lists those of every project. */
  readonly 'all-projects'?: boolean
  /** A condition such as `status eq Running`. */
  readonly filter?: string
  /** The project; `default` without it. */
  readonly project?: string
  readonly target?: string
}

export interface AllProjectsProjectEventTypeQuery {
  /** Lists those of every project. */
  readonly 'all-projects'?: boolean
  /** The project; `default` without it. */
  readonly project?: string
  /** What to hear of; several with commas between them. */
  readonly type?: EventType | (string & {})
}

export interface AllProjectsProjectQuery {
  /** Lists those of every project. */
  readonly 'all-projects'?: boolean
  /** The project; `default` without it. */
  readonly project?: string
}

export interface AllProjectsProjectTargetQuery {
  /** Lists those of every project. */
  readonly 'all-projects'?: boolean
  /** The project; `default` without it. */
  readonly project?: string
  readonly target?: string
}

export interface DiskVolumesProjectQuery {
  readonly 'disk-volumes'?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface EmailQuery {
  readonly email?: string
}

export interface EntityTypeEntityTypeProjectQuery {
  readonly 'entity-type'?: string
  readonly entityType?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface FilterProjectQuery {
  /** A condition such as `status eq Running`. */
  readonly filter?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface FilterQuery {
  /** A condition such as `status eq Running`. */
  readonly filter?: string
}

export interface ForceProjectQuery {
  readonly force?: boolean
  /** The project; `default` without it. */
  readonly project?: string
}

export interface ForceQuery {
  readonly force?: boolean
}

export interface FormatProjectQuery {
  readonly format?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface PathProjectQuery {
  /** The file. */
  readonly path?: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface ProjectQuery {
  /** The project; `default` without it. */
  readonly project?: string
}

export interface ProjectReuseQuery {
  /** The project; `default` without it. */
  readonly project?: string
  readonly reuse?: number
}

export interface ProjectSecretQuery {
  /** The project; `default` without it. */
  readonly project?: string
  /** The secret that an operation gave for this. */
  readonly secret?: string
}

export interface ProjectTargetQuery {
  /** The project; `default` without it. */
  readonly project?: string
  readonly target?: string
}

export interface ProjectTypeQuery {
  /** The project; `default` without it. */
  readonly project?: string
  /** What to hear of; several with commas between them. */
  readonly type?: string
}

export interface ProjectWritableQuery {
  /** The project; `default` without it. */
  readonly project?: string
  readonly writable?: number
}

export interface RequiredPathProjectQuery {
  /** The file. */
  readonly path: string
  /** The project; `default` without it. */
  readonly project?: string
}

export interface SecretQuery {
  /** The secret that an operation gave for this. */
  readonly secret?: string
}

export interface SecretTimeoutQuery {
  /** The secret that an operation gave for this. */
  readonly secret?: string
  /** Seconds; for ever without it. */
  readonly timeout?: number
}

export interface TargetQuery {
  readonly target?: string
}


// The paths

/** `/` */
export interface Root extends RestNode {
  /** `GET /` */
  get(options?: CallOptions<NoQuery>): Sync<string[]>
  readonly '1.0': Rest
}

/** `/1.0` */
export interface Rest extends RestNode {
  /** `GET /1.0` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<Server>
  /** `PATCH /1.0` */
  patch(body: ServerPut, options?: CallOptions<TargetQuery>): Done
  /** `PUT /1.0` */
  put(body: ServerPut, options?: CallOptions<TargetQuery>): Done
  readonly auth: Auth
  readonly certificates: Certificates
  readonly cluster: ClusterNode
  readonly events: Events
  readonly images: Images
  readonly instances: Instances
  readonly metadata: Metadata
  readonly metrics: Metrics
  readonly 'network-acls': NetworkAcls
  readonly 'network-address-sets': NetworkAddressSets
  readonly 'network-allocations': NetworkAllocationsNode
  readonly 'network-integrations': NetworkIntegrations
  readonly 'network-zones': NetworkZones
  readonly networks: Networks
  readonly operations: Operations
  readonly 'placement-groups': PlacementGroups
  readonly profiles: Profiles
  readonly projects: Projects
  readonly replicators: Replicators
  readonly resources: ResourcesNode
  readonly 'storage-pools': StoragePools
  readonly 'storage-volumes': StorageVolumes
  readonly warnings: Warnings
}

/** `/1.0/auth` */
export interface Auth extends RestNode {
  readonly groups: AuthGroups
  readonly identities: AuthIdentities
  readonly 'identity-provider-groups': AuthIdentityProviderGroups
  readonly 'oidc-sessions': AuthOidcSessions
  readonly permissions: AuthPermissions
}

/** `/1.0/auth/groups` */
export interface AuthGroupsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/auth/groups`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], AuthGroup[]][Recursion]>
  /**
   * `POST /1.0/auth/groups`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  post(body: AuthGroupsPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/groups` */
export type AuthGroups = AuthGroupsCalls & { readonly [groupName: string]: AuthGroupsItem }

/** `/1.0/auth/groups/{groupName}` */
export interface AuthGroupsItem extends RestNode {
  /**
   * `DELETE /1.0/auth/groups/{groupName}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/groups/{groupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<AuthGroup>
  /**
   * `PATCH /1.0/auth/groups/{groupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  patch(body: AuthGroupPut, options?: CallOptions<NoQuery>): Done
  /**
   * `POST /1.0/auth/groups/{groupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  post(body: AuthGroupPost, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/auth/groups/{groupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  put(body: AuthGroupPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/identities` */
export interface AuthIdentities extends RestNode {
  /**
   * `GET /1.0/auth/identities`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], Identity[]][Recursion]>
  readonly bearer: AuthIdentitiesBearer
  readonly current: AuthIdentitiesCurrent
  readonly oidc: AuthIdentitiesOidc
  readonly tls: AuthIdentitiesTls
}

/** `/1.0/auth/identities/bearer` */
export interface AuthIdentitiesBearerCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/auth/identities/bearer`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], Identity[]][Recursion]>
  /**
   * `POST /1.0/auth/identities/bearer`
   *
   * LXD only, not in LXD 5.0; extension `auth_bearer_devlxd`.
   */
  post(body: IdentitiesBearerPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/identities/bearer` */
export type AuthIdentitiesBearer = AuthIdentitiesBearerCalls & {
  readonly [nameOrIdentifier: string]: AuthIdentitiesBearerItem
}

/** `/1.0/auth/identities/bearer/{nameOrIdentifier}` */
export interface AuthIdentitiesBearerItem extends RestNode {
  /**
   * `DELETE /1.0/auth/identities/bearer/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/identities/bearer/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<Identity>
  /**
   * `PATCH /1.0/auth/identities/bearer/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  patch(body: IdentityPut, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/auth/identities/bearer/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  put(body: IdentityPut, options?: CallOptions<NoQuery>): Done
  readonly token: AuthIdentitiesBearerItemToken
}

/** `/1.0/auth/identities/bearer/{nameOrID}/token` */
export interface AuthIdentitiesBearerItemToken extends RestNode {
  /**
   * `DELETE /1.0/auth/identities/bearer/{nameOrID}/token`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `POST /1.0/auth/identities/bearer/{nameOrID}/token`
   *
   * LXD only, not in LXD 5.0; extension `auth_bearer_devlxd`.
   */
  post(body: IdentityBearerTokenPost, options?: CallOptions<NoQuery>): Sync<IdentityBearerToken>
}

/** `/1.0/auth/identities/current` */
export interface AuthIdentitiesCurrent extends RestNode {
  /**
   * `GET /1.0/auth/identities/current`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<IdentityInfo>
}

/** `/1.0/auth/identities/oidc` */
export interface AuthIdentitiesOidcCalls extends RestNode, Only<'get'> {
  /**
   * `GET /1.0/auth/identities/oidc`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], Identity[]][Recursion]>
}

/** `/1.0/auth/identities/oidc` */
export type AuthIdentitiesOidc = AuthIdentitiesOidcCalls & {
  readonly [nameOrIdentifier: string]: AuthIdentitiesOidcItem
}

/** `/1.0/auth/identities/oidc/{nameOrIdentifier}` */
export interface AuthIdentitiesOidcItem extends RestNode {
  /**
   * `DELETE /1.0/auth/identities/oidc/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/identities/oidc/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<Identity>
  /**
   * `PATCH /1.0/auth/identities/oidc/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  patch(body: IdentityPut, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/auth/identities/oidc/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  put(body: IdentityPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/identities/tls` */
export interface AuthIdentitiesTlsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/auth/identities/tls`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], Identity[]][Recursion]>
  /**
   * `POST /1.0/auth/identities/tls`
   *
   * LXD only, not in LXD 5.0; extension `access_management_tls`.
   */
  post(body: IdentitiesTLSPost, options?: CallOptions<NoQuery>): Sync<CertificateAddToken>
}

/** `/1.0/auth/identities/tls` */
export type AuthIdentitiesTls = AuthIdentitiesTlsCalls & {
  readonly [nameOrIdentifier: string]: AuthIdentitiesTlsItem
}

/** `/1.0/auth/identities/tls/{nameOrIdentifier}` */
export interface AuthIdentitiesTlsItem extends RestNode {
  /**
   * `DELETE /1.0/auth/identities/tls/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/identities/tls/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<Identity>
  /**
   * `PATCH /1.0/auth/identities/tls/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  patch(body: IdentityPut, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/auth/identities/tls/{nameOrIdentifier}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  put(body: IdentityPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/identity-provider-groups` */
export interface AuthIdentityProviderGroupsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/auth/identity-provider-groups`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], IdentityProviderGroup[]][Recursion]>
  /**
   * `POST /1.0/auth/identity-provider-groups`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  post(body: IdentityProviderGroupsPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/identity-provider-groups` */
export type AuthIdentityProviderGroups = AuthIdentityProviderGroupsCalls & {
  readonly [idpGroupName: string]: AuthIdentityProviderGroupsItem
}

/** `/1.0/auth/identity-provider-groups/{idpGroupName}` */
export interface AuthIdentityProviderGroupsItem extends RestNode {
  /**
   * `DELETE /1.0/auth/identity-provider-groups/{idpGroupName}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/identity-provider-groups/{idpGroupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get(options?: CallOptions<NoQuery>): Sync<IdentityProviderGroup>
  /**
   * `PATCH /1.0/auth/identity-provider-groups/{idpGroupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  patch(body: IdentityProviderGroupPut, options?: CallOptions<NoQuery>): Done
  /**
   * `POST /1.0/auth/identity-provider-groups/{idpGroupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  post(body: IdentityProviderGroupPost, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/auth/identity-provider-groups/{idpGroupName}`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  put(body: IdentityProviderGroupPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/auth/oidc-sessions` */
export interface AuthOidcSessionsCalls extends RestNode, Only<'get'> {
  /**
   * `GET /1.0/auth/oidc-sessions`
   *
   * LXD only, not in LXD 5.0; extension `auth_oidc_sessions`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<EmailQuery & Recursive<Recursion>>,
  ): Sync<[string[], OIDCSession[]][Recursion]>
}

/** `/1.0/auth/oidc-sessions` */
export type AuthOidcSessions = AuthOidcSessionsCalls & { readonly [id: string]: AuthOidcSessionsItem }

/** `/1.0/auth/oidc-sessions/{id}` */
export interface AuthOidcSessionsItem extends RestNode {
  /**
   * `DELETE /1.0/auth/oidc-sessions/{id}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/auth/oidc-sessions/{id}`
   *
   * LXD only, not in LXD 5.0; extension `auth_oidc_sessions`.
   */
  get(options?: CallOptions<NoQuery>): Sync<OIDCSession>
}

/** `/1.0/auth/permissions` */
export interface AuthPermissions extends RestNode {
  /**
   * `GET /1.0/auth/permissions`
   *
   * LXD only, not in LXD 5.0; extension `access_management`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<EntityTypeEntityTypeProjectQuery & Recursive<Recursion>>,
  ): Sync<[Permission[], PermissionInfo[]][Recursion]>
}

/** `/1.0/certificates` */
export interface CertificatesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/certificates` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterQuery & Recursive<Recursion>>,
  ): Sync<[string[], Certificate[]][Recursion]>
  /**
   * Trusts a certificate, or makes a token for a client. `POST /1.0/certificates`
   *
   * An operation on Incus 7.3, answered at once on others.
   */
  post(body: CertificatesPost, options?: CallOptions<NoQuery>): Either<Empty, JoinToken | null>
}

/** `/1.0/certificates` */
export type Certificates = CertificatesCalls & { readonly [fingerprint: string]: CertificatesItem }

/** `/1.0/certificates/{fingerprint}` */
export interface CertificatesItem extends RestNode {
  /** `DELETE /1.0/certificates/{fingerprint}` */
  delete(options?: CallOptions<NoQuery>): Done
  /** `GET /1.0/certificates/{fingerprint}` */
  get(options?: CallOptions<NoQuery>): Sync<Certificate>
  /** `PATCH /1.0/certificates/{fingerprint}` */
  patch(body: CertificatePut, options?: CallOptions<NoQuery>): Done
  /** `PUT /1.0/certificates/{fingerprint}` */
  put(body: CertificatePut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/cluster` */
export interface ClusterNode extends RestNode {
  /** `GET /1.0/cluster` */
  get(options?: CallOptions<NoQuery>): Sync<Cluster>
  /**
   * Makes, joins or leaves a cluster. `PUT /1.0/cluster`
   *
   * An operation on Incus 7.3, answered at once on others.
   */
  put(body: ClusterPut, options?: CallOptions<NoQuery>): Either
  readonly certificate: ClusterCertificate
  readonly groups: ClusterGroups
  readonly links: ClusterLinks
  readonly members: ClusterMembers
}

/** `/1.0/cluster/certificate` */
export interface ClusterCertificate extends RestNode {
  /** `PUT /1.0/cluster/certificate` */
  put(body: ClusterCertificatePut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/cluster/groups` */
export interface ClusterGroupsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/cluster/groups` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], ClusterGroup[]][Recursion]>
  /** `POST /1.0/cluster/groups` */
  post(body: ClusterGroupsPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/cluster/groups` */
export type ClusterGroups = ClusterGroupsCalls & { readonly [name: string]: ClusterGroupsItem }

/** `/1.0/cluster/groups/{name}` */
export interface ClusterGroupsItem extends RestNode {
  /** `DELETE /1.0/cluster/groups/{name}` */
  delete(options?: CallOptions<NoQuery>): Done
  /** `GET /1.0/cluster/groups/{name}` */
  get(options?: CallOptions<NoQuery>): Sync<ClusterGroup>
  /** `PATCH /1.0/cluster/groups/{name}` */
  patch(body: ClusterGroupPut, options?: CallOptions<NoQuery>): Done
  /** `POST /1.0/cluster/groups/{name}` */
  post(body: ClusterGroupPost, options?: CallOptions<NoQuery>): Done
  /** `PUT /1.0/cluster/groups/{name}` */
  put(body: ClusterGroupPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/cluster/links` */
export interface ClusterLinksCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/cluster/links`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<Recursive<Recursion>>,
  ): Sync<[string[], ClusterLink[]][Recursion]>
  /**
   * `POST /1.0/cluster/links`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  post(body: ClusterLinksPost, options?: CallOptions<NoQuery>): Sync<CertificateAddToken>
}

/** `/1.0/cluster/links` */
export type ClusterLinks = ClusterLinksCalls & { readonly [name: string]: ClusterLinksItem }

/** `/1.0/cluster/links/{name}` */
export interface ClusterLinksItem extends RestNode {
  /**
   * `DELETE /1.0/cluster/links/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/cluster/links/{name}`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  get(options?: CallOptions<NoQuery>): Sync<ClusterLink>
  /**
   * `PATCH /1.0/cluster/links/{name}`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  patch(body: ClusterLinkPut, options?: CallOptions<NoQuery>): Done
  /**
   * `POST /1.0/cluster/links/{name}`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  post(body: ClusterLinkPost, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/cluster/links/{name}`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  put(body: ClusterLinkPut, options?: CallOptions<NoQuery>): Done
  readonly state: ClusterLinksItemState
}

/** `/1.0/cluster/links/{name}/state` */
export interface ClusterLinksItemState extends RestNode {
  /**
   * `GET /1.0/cluster/links/{name}/state`
   *
   * LXD only, not in LXD 5.0; extension `cluster_links`.
   */
  get(options?: CallOptions<TargetQuery>): Sync<ClusterLinkState>
}

/** `/1.0/cluster/members` */
export interface ClusterMembersCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/cluster/members` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterQuery & Recursive<Recursion>>,
  ): Sync<[string[], ClusterMember[]][Recursion]>
  /** Makes a token for a new member. `POST /1.0/cluster/members` */
  post(body: ClusterMembersPost, options?: CallOptions<NoQuery>): Started<JoinToken | null>
}

/** `/1.0/cluster/members` */
export type ClusterMembers = ClusterMembersCalls & { readonly [name: string]: ClusterMembersItem }

/** `/1.0/cluster/members/{name}` */
export interface ClusterMembersItem extends RestNode {
  /** `DELETE /1.0/cluster/members/{name}` */
  delete(options?: CallOptions<NoQuery>): Done
  /** `GET /1.0/cluster/members/{name}` */
  get(options?: CallOptions<NoQuery>): Sync<ClusterMember>
  /** `PATCH /1.0/cluster/members/{name}` */
  patch(body: ClusterMemberPut, options?: CallOptions<NoQuery>): Done
  /** `POST /1.0/cluster/members/{name}` */
  post(body: ClusterMemberPost, options?: CallOptions<NoQuery>): Done
  /** `PUT /1.0/cluster/members/{name}` */
  put(body: ClusterMemberPut, options?: CallOptions<NoQuery>): Done
  readonly state: ClusterMembersItemState
}

/** `/1.0/cluster/members/{name}/state` */
export interface ClusterMembersItemState extends RestNode {
  /**
   * `GET /1.0/cluster/members/{name}/state`
   *
   * Not in LXD 5.0; extension `cluster_member_state`.
   */
  get(options?: CallOptions<NoQuery>): Sync<ClusterMemberState>
  /** Evacuates or restores the member. `POST /1.0/cluster/members/{name}/state` */
  post(body: ClusterMemberStatePost, options?: CallOptions<NoQuery>): Started
}

/** `/1.0/events` */
export interface Events extends RestNode {
  /** Opens a websocket that tells {@link AnyEvent}. `GET /1.0/events` */
  websocket(options?: CallOptions<AllProjectsProjectEventTypeQuery>): Promise<APIWebSocket>
}

/** `/1.0/images` */
export interface ImagesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/images` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Image[]][Recursion]>
  /**
   * Adds an image: its bytes or a form, or where to get it. `POST /1.0/images`
   *
   * Headers after `X-LXD-` or `X-Incus-`: `aliases`, `filename`, `fingerprint`, `profiles`, `properties`,
   * `public`, `secret`.
   */
  post(
    body: ImagesPost | RawBody,
    options?: CallOptions<ProjectQuery>,
  ): Started<OperationMetadata, ImageCreated>
  readonly aliases: ImagesAliases
}

/** `/1.0/images` */
export type Images = ImagesCalls & { readonly [fingerprint: string]: ImagesItem }

/** `/1.0/images/aliases` */
export interface ImagesAliasesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/images/aliases` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], ImageAliasesEntry[]][Recursion]>
  /** `POST /1.0/images/aliases` */
  post(body: ImageAliasesPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/images/aliases` */
export type ImagesAliases = ImagesAliasesCalls & { readonly [name: string]: ImagesAliasesItem }

/** `/1.0/images/aliases/{name}` */
export interface ImagesAliasesItem extends RestNode {
  /** `DELETE /1.0/images/aliases/{name}` */
  delete(options?: CallOptions<ProjectQuery>): Done
  /** `GET /1.0/images/aliases/{name}` */
  get(options?: CallOptions<ProjectQuery>): Sync<ImageAliasesEntry>
  /** `PATCH /1.0/images/aliases/{name}` */
  patch(body: ImageAliasesEntryPut, options?: CallOptions<ProjectQuery>): Done
  /** `POST /1.0/images/aliases/{name}` */
  post(body: ImageAliasesEntryPost, options?: CallOptions<ProjectQuery>): Done
  /** `PUT /1.0/images/aliases/{name}` */
  put(body: ImageAliasesEntryPut, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/images/{fingerprint}` */
export interface ImagesItem extends RestNode {
  /** `DELETE /1.0/images/{fingerprint}` */
  delete(options?: CallOptions<ProjectQuery>): Started
  /** `GET /1.0/images/{fingerprint}` */
  get(options?: CallOptions<ProjectSecretQuery>): Sync<Image>
  /** `PATCH /1.0/images/{fingerprint}` */
  patch(body: ImagePut, options?: CallOptions<ProjectQuery>): Done
  /** `PUT /1.0/images/{fingerprint}` */
  put(body: ImagePut, options?: CallOptions<ProjectQuery>): Done
  readonly export: ImagesItemExport
  readonly refresh: ImagesItemRefresh
  readonly secret: ImagesItemSecret
}

/** `/1.0/images/{fingerprint}/export` */
export interface ImagesItemExport extends RestNode {
  /** Downloads the image. `GET /1.0/images/{fingerprint}/export` */
  get(options?: CallOptions<ProjectSecretQuery>): Content
  /** Pushes the image to another server. `POST /1.0/images/{fingerprint}/export` */
  post(body: ImageExportPost, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/images/{fingerprint}/refresh` */
export interface ImagesItemRefresh extends RestNode {
  /** Looks for a newer version of the image at its source. `POST /1.0/images/{fingerprint}/refresh` */
  post(body?: null, options?: CallOptions<ProjectQuery>): Started<OperationMetadata, ImageRefreshed>
}

/** `/1.0/images/{fingerprint}/secret` */
export interface ImagesItemSecret extends RestNode {
  /** Makes a secret with which a stranger may read the image once. `POST /1.0/images/{fingerprint}/secret` */
  post(body?: null, options?: CallOptions<ProjectQuery>): Started<ImageSecret | null>
}

/** `/1.0/instances` */
export interface InstancesCalls extends RestNode, Only<'get' | 'post' | 'put'> {
  /** `GET /1.0/instances` */
  get<Recursion extends 0 | 1 | 2 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Instance[], InstanceFull[]][Recursion]>
  /** Creates an instance, or restores one from the bytes of a backup. `POST /1.0/instances` */
  post(
    body: InstancesPost | RawBody,
    options?: CallOptions<ProjectTargetQuery>,
  ): Started<MigrationSecrets | null>
  /** Changes the state of all instances. `PUT /1.0/instances` */
  put(body: InstancesPut, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/instances` */
export type Instances = InstancesCalls & { readonly [name: string]: InstancesItem }

/** `/1.0/instances/{name}` */
export interface InstancesItem extends RestNode {
  /** `DELETE /1.0/instances/{name}` */
  delete(options?: CallOptions<ForceProjectQuery>): Started
  /** `GET /1.0/instances/{name}` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[Instance, InstanceFull][Recursion]>
  /** `PATCH /1.0/instances/{name}` */
  patch(body: InstancePut, options?: CallOptions<ProjectQuery>): Done
  /** Renames, moves or migrates the instance. `POST /1.0/instances/{name}` */
  post(body: InstancePost, options?: CallOptions<ProjectQuery>): Started<MigrationSecrets | null>
  /** Replaces the configuration, or restores a snapshot. `PUT /1.0/instances/{name}` */
  put(body: InstancePut, options?: CallOptions<ProjectQuery>): Started
  readonly access: InstancesItemAccess
  readonly backups: InstancesItemBackups
  readonly bitmaps: InstancesItemBitmaps
  readonly console: InstancesItemConsole
  readonly debug: InstancesItemDebug
  readonly exec: InstancesItemExec
  readonly files: InstancesItemFiles
  readonly logs: InstancesItemLogs
  readonly metadata: InstancesItemMetadata
  readonly nbd: InstancesItemNbd
  readonly nvram: InstancesItemNvram
  readonly 'port-forward': InstancesItemPortForward
  readonly rebuild: InstancesItemRebuild
  readonly sftp: InstancesItemSftp
  readonly snapshots: InstancesItemSnapshots
  readonly state: InstancesItemState
  readonly 'uefi-vars': InstancesItemUefiVars
}

/** `/1.0/instances/{name}/access` */
export interface InstancesItemAccess extends RestNode {
  /**
   * `GET /1.0/instances/{name}/access`
   *
   * Incus only; extension `instance_access`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<AccessEntry[] | null>
}

/** `/1.0/instances/{name}/backups` */
export interface InstancesItemBackupsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/instances/{name}/backups` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], InstanceBackup[]][Recursion]>
  /** `POST /1.0/instances/{name}/backups` */
  post(body: InstanceBackupsPost, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/instances/{name}/backups` */
export type InstancesItemBackups = InstancesItemBackupsCalls & {
  readonly [backup: string]: InstancesItemBackupsItem
}

/** `/1.0/instances/{name}/backups/{backup}` */
export interface InstancesItemBackupsItem extends RestNode {
  /** `DELETE /1.0/instances/{name}/backups/{backup}` */
  delete(options?: CallOptions<ProjectQuery>): Started
  /** `GET /1.0/instances/{name}/backups/{backup}` */
  get(options?: CallOptions<ProjectQuery>): Sync<InstanceBackup>
  /** `POST /1.0/instances/{name}/backups/{backup}` */
  post(body: InstanceBackupPost, options?: CallOptions<ProjectQuery>): Started
  readonly export: InstancesItemBackupsItemExport
}

/** `/1.0/instances/{name}/backups/{backup}/export` */
export interface InstancesItemBackupsItemExport extends RestNode {
  /** `GET /1.0/instances/{name}/backups/{backup}/export` */
  get(options?: CallOptions<ProjectQuery>): Content
}

/** `/1.0/instances/{name}/bitmaps` */
export interface InstancesItemBitmaps extends RestNode {
  /**
   * `POST /1.0/instances/{name}/bitmaps`
   *
   * Incus only; extension `storage_volume_nbd`.
   */
  post(body: StorageVolumeBitmapsPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/instances/{name}/console` */
export interface InstancesItemConsole extends RestNode {
  /** Clears the log of the console. `DELETE /1.0/instances/{name}/console` */
  delete(options?: CallOptions<ProjectQuery>): Done
  /** Reads the log of the console. `GET /1.0/instances/{name}/console` */
  get(options?: CallOptions<ProjectTypeQuery>): Content
  /** Attaches to the console. `POST /1.0/instances/{name}/console` */
  post(body: InstanceConsolePost, options?: CallOptions<ProjectQuery>): Started<ConsoleStarted | null>
}

/** `/1.0/instances/{}/debug` */
export interface InstancesItemDebug extends RestNode {
  readonly memory: InstancesItemDebugMemory
  readonly repair: InstancesItemDebugRepair
}

/** `/1.0/instances/{name}/debug/memory` */
export interface InstancesItemDebugMemory extends RestNode {
  /**
   * `GET /1.0/instances/{name}/debug/memory`
   *
   * Incus only; extension `instance_debug_memory`.
   */
  get(options?: CallOptions<FormatProjectQuery>): Content
}

/** `/1.0/instances/{name}/debug/repair` */
export interface InstancesItemDebugRepair extends RestNode {
  /**
   * `POST /1.0/instances/{name}/debug/repair`
   *
   * Incus only; extension `instances_debug_repair`.
   */
  post(body: InstanceDebugRepairPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/instances/{name}/exec` */
export interface InstancesItemExec extends RestNode {
  /** Runs a command. `POST /1.0/instances/{name}/exec` */
  post(body: InstanceExecPost, options?: CallOptions<ProjectQuery>): Started<ExecStarted | null, ExecFinished>
}

/** `/1.0/instances/{name}/files` */
export interface InstancesItemFiles extends RestNode {
  /**
   * `DELETE /1.0/instances/{name}/files`
   *
   * Headers after `X-LXD-` or `X-Incus-`: `force`.
   */
  delete(options: RequiredOptions<RequiredPathProjectQuery>): Done
  /** Reads a file; of a folder, the names in it. `GET /1.0/instances/{name}/files` */
  get(options: RequiredOptions<RequiredPathProjectQuery>): ContentOrSync<string[]>
  /** `HEAD /1.0/instances/{name}/files` */
  head(options: RequiredOptions<RequiredPathProjectQuery>): Sync<undefined>
  /**
   * Writes a file, or makes a folder or a symlink. `POST /1.0/instances/{name}/files`
   *
   * Headers after `X-LXD-` or `X-Incus-`: `gid`, `mode`, `modify-perm`, `type`, `uid`, `write`.
   */
  post(body: RawBody, options: RequiredOptions<RequiredPathProjectQuery>): Done
}

/** `/1.0/instances/{name}/logs` */
export interface InstancesItemLogsCalls extends RestNode, Only<'get'> {
  /** `GET /1.0/instances/{name}/logs` */
  get(options?: CallOptions<ProjectQuery>): Sync<string[]>
  readonly 'exec-output': InstancesItemLogsExecOutput
}

/** `/1.0/instances/{name}/logs` */
export type InstancesItemLogs = InstancesItemLogsCalls & {
  readonly [filename: string]: InstancesItemLogsItem
}

/** `/1.0/instances/{name}/logs/exec-output` */
export interface InstancesItemLogsExecOutputCalls extends RestNode, Only<'get'> {
  /**
   * `GET /1.0/instances/{name}/logs/exec-output`
   *
   * Not in LXD 5.0.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<string[]>
}

/** `/1.0/instances/{name}/logs/exec-output` */
export type InstancesItemLogsExecOutput = InstancesItemLogsExecOutputCalls & {
  readonly [filename: string]: InstancesItemLogsExecOutputItem
}

/** `/1.0/instances/{name}/logs/exec-output/{filename}` */
export interface InstancesItemLogsExecOutputItem extends RestNode {
  /**
   * `DELETE /1.0/instances/{name}/logs/exec-output/{filename}`
   *
   * Not in LXD 5.0.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /**
   * `GET /1.0/instances/{name}/logs/exec-output/{filename}`
   *
   * Not in LXD 5.0.
   */
  get(options?: CallOptions<ProjectQuery>): Content
}

/** `/1.0/instances/{name}/logs/{filename}` */
export interface InstancesItemLogsItem extends RestNode {
  /**
   * `DELETE /1.0/instances/{name}/logs/{filename}`
   *
   * Not in LXD 6.9.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /** `GET /1.0/instances/{name}/logs/{filename}` */
  get(options?: CallOptions<ProjectQuery>): Content
}

/** `/1.0/instances/{name}/metadata` */
export interface InstancesItemMetadata extends RestNode {
  /** `GET /1.0/instances/{name}/metadata` */
  get(options?: CallOptions<ProjectQuery>): Sync<ImageMetadata>
  /** `PATCH /1.0/instances/{name}/metadata` */
  patch(body: ImageMetadataInput, options?: CallOptions<ProjectQuery>): Done
  /** `PUT /1.0/instances/{name}/metadata` */
  put(body: ImageMetadataInput, options?: CallOptions<ProjectQuery>): Done
  readonly templates: InstancesItemMetadataTemplates
}

/** `/1.0/instances/{name}/metadata/templates` */
export interface InstancesItemMetadataTemplates extends RestNode {
  /** `DELETE /1.0/instances/{name}/metadata/templates` */
  delete(options: RequiredOptions<RequiredPathProjectQuery>): Done
  /** `GET /1.0/instances/{name}/metadata/templates` */
  get(options?: CallOptions<PathProjectQuery>): ContentOrSync<string[]>
  /** `POST /1.0/instances/{name}/metadata/templates` */
  post(body: RawBody, options: RequiredOptions<RequiredPathProjectQuery>): Done
}

/** `/1.0/instances/{name}/nbd` */
export interface InstancesItemNbd extends RestNode {
  /**
   * `GET /1.0/instances/{name}/nbd`
   *
   * Incus only.
   */
  upgrade(protocol: 'nbd', options?: CallOptions<ProjectReuseQuery>): Promise<Duplex>
}

/** `/1.0/instances/{name}/nvram` */
export interface InstancesItemNvramCalls extends RestNode, Only<'get' | 'patch'> {
  /**
   * `GET /1.0/instances/{name}/nvram`
   *
   * Incus only; extension `instance_nvram`.
   */
  get<Recursion extends 0 | 1 | 2 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Record<string, string[]>, Record<string, Record<string, InstanceNVRAMVariable>>][Recursion]>
  /**
   * `PATCH /1.0/instances/{name}/nvram`
   *
   * Incus only; extension `instance_nvram`.
   */
  patch(
    body: Record<string, Record<string, InstanceNVRAMVariablePut>>,
    options?: CallOptions<ProjectQuery>,
  ): Done
}

/** `/1.0/instances/{name}/nvram` */
export type InstancesItemNvram = InstancesItemNvramCalls & { readonly [guid: string]: InstancesItemNvramItem }

/** `/1.0/instances/{name}/nvram/{guid}` */
export interface InstancesItemNvramItemCalls extends RestNode, Only<'get'> {
  /**
   * `GET /1.0/instances/{name}/nvram/{guid}`
   *
   * Incus only; extension `instance_nvram`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Record<string, InstanceNVRAMVariable>][Recursion]>
}

/** `/1.0/instances/{name}/nvram/{guid}` */
export type InstancesItemNvramItem = InstancesItemNvramItemCalls & {
  readonly [name: string]: InstancesItemNvramItemItem
}

/** `/1.0/instances/{name}/nvram/{guid}/{var}` */
export interface InstancesItemNvramItemItem extends RestNode {
  /**
   * `DELETE /1.0/instances/{name}/nvram/{guid}/{var}`
   *
   * Incus only.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /**
   * `GET /1.0/instances/{name}/nvram/{guid}/{var}`
   *
   * Incus only; extension `instance_nvram`.
   */
  get(options?: CallOptions<ProjectQuery>): ContentOrSync<InstanceNVRAMVariable>
  /**
   * `PUT /1.0/instances/{name}/nvram/{guid}/{var}`
   *
   * Incus only.
   *
   * Headers after `X-LXD-` or `X-Incus-`: `attributes`, `timestamp`.
   */
  put(body: RawBody, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/instances/{name}/port-forward` */
export interface InstancesItemPortForward extends RestNode {
  /**
   * `POST /1.0/instances/{name}/port-forward`
   *
   * Incus only; extension `instance_port_forward`.
   */
  upgrade(
    protocol: 'tcp',
    options: CallOptions<ProjectQuery> & { readonly body: InstancePortForwardPost },
  ): Promise<Duplex>
}

/** `/1.0/instances/{name}/rebuild` */
export interface InstancesItemRebuild extends RestNode {
  /**
   * Makes the instance anew from an image. `POST /1.0/instances/{name}/rebuild`
   *
   * Not in LXD 5.0; extension `instances_rebuild`.
   *
   * An operation, or answered at once.
   */
  post(body: InstanceRebuildPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/instances/{name}/sftp` */
export interface InstancesItemSftp extends RestNode {
  /** `GET /1.0/instances/{name}/sftp` */
  upgrade(protocol: 'sftp', options?: CallOptions<ProjectQuery>): Promise<Duplex>
}

/** `/1.0/instances/{name}/snapshots` */
export interface InstancesItemSnapshotsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/instances/{name}/snapshots` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], InstanceSnapshot[]][Recursion]>
  /** `POST /1.0/instances/{name}/snapshots` */
  post(body: InstanceSnapshotsPost, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/instances/{name}/snapshots` */
export type InstancesItemSnapshots = InstancesItemSnapshotsCalls & {
  readonly [snapshot: string]: InstancesItemSnapshotsItem
}

/** `/1.0/instances/{name}/snapshots/{snapshot}` */
export interface InstancesItemSnapshotsItem extends RestNode {
  /** `DELETE /1.0/instances/{name}/snapshots/{snapshot}` */
  delete(options?: CallOptions<DiskVolumesProjectQuery>): Started
  /** `GET /1.0/instances/{name}/snapshots/{snapshot}` */
  get(options?: CallOptions<ProjectQuery>): Sync<InstanceSnapshot>
  /** `PATCH /1.0/instances/{name}/snapshots/{snapshot}` */
  patch(body: InstanceSnapshotPut, options?: CallOptions<ProjectQuery>): Started
  /** `POST /1.0/instances/{name}/snapshots/{snapshot}` */
  post(body: InstanceSnapshotPost, options?: CallOptions<ProjectQuery>): Started
  /** `PUT /1.0/instances/{name}/snapshots/{snapshot}` */
  put(body: InstanceSnapshotPut, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/instances/{name}/state` */
export interface InstancesItemState extends RestNode {
  /** `GET /1.0/instances/{name}/state` */
  get(options?: CallOptions<ProjectQuery>): Sync<InstanceState>
  /** Starts, stops, restarts, freezes or thaws the instance. `PUT /1.0/instances/{name}/state` */
  put(body: InstanceStatePut, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/instances/{name}/uefi-vars` */
export interface InstancesItemUefiVars extends RestNode {
  /**
   * `GET /1.0/instances/{name}/uefi-vars`
   *
   * LXD only, not in LXD 5.0; extension `instances_uefi_vars`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<InstanceUEFIVars>
  /**
   * `PUT /1.0/instances/{name}/uefi-vars`
   *
   * LXD only, not in LXD 5.0; extension `instances_uefi_vars`.
   */
  put(body: InstanceUEFIVarsInput, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/metadata` */
export interface Metadata extends RestNode {
  readonly configuration: MetadataConfigurationNode
}

/** `/1.0/metadata/configuration` */
export interface MetadataConfigurationNode extends RestNode {
  /**
   * `GET /1.0/metadata/configuration`
   *
   * Not in LXD 5.0; extension `metadata_configuration`.
   */
  get(options?: CallOptions<NoQuery>): Sync<MetadataConfiguration>
}

/** `/1.0/metrics` */
export interface Metrics extends RestNode {
  /** Reads the metrics as Prometheus text. `GET /1.0/metrics` */
  get(options?: CallOptions<ProjectTargetQuery>): Content
}

/** `/1.0/network-acls` */
export interface NetworkAclsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/network-acls` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkACL[]][Recursion]>
  /**
   * `POST /1.0/network-acls`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkACLsPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/network-acls` */
export type NetworkAcls = NetworkAclsCalls & { readonly [name: string]: NetworkAclsItem }

/** `/1.0/network-acls/{name}` */
export interface NetworkAclsItem extends RestNode {
  /**
   * `DELETE /1.0/network-acls/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/network-acls/{name}` */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkACL>
  /**
   * `PATCH /1.0/network-acls/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkACLPut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `POST /1.0/network-acls/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkACLPost, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/network-acls/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkACLPut, options?: CallOptions<ProjectQuery>): Either
  readonly log: NetworkAclsItemLog
}

/** `/1.0/network-acls/{name}/log` */
export interface NetworkAclsItemLog extends RestNode {
  /** `GET /1.0/network-acls/{name}/log` */
  get(options?: CallOptions<ProjectQuery>): Content
}

/** `/1.0/network-address-sets` */
export interface NetworkAddressSetsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/network-address-sets`
   *
   * Incus only; extension `network_address_set`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkAddressSet[]][Recursion]>
  /**
   * `POST /1.0/network-address-sets`
   *
   * Incus only; extension `network_address_set`.
   */
  post(body: NetworkAddressSetsPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/network-address-sets` */
export type NetworkAddressSets = NetworkAddressSetsCalls & { readonly [name: string]: NetworkAddressSetsItem }

/** `/1.0/network-address-sets/{name}` */
export interface NetworkAddressSetsItem extends RestNode {
  /**
   * `DELETE /1.0/network-address-sets/{name}`
   *
   * Incus only.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /**
   * `GET /1.0/network-address-sets/{name}`
   *
   * Incus only; extension `network_address_set`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkAddressSet>
  /**
   * `PATCH /1.0/network-address-sets/{name}`
   *
   * Incus only; extension `network_address_set`.
   */
  patch(body: NetworkAddressSetPut, options?: CallOptions<ProjectQuery>): Done
  /**
   * `POST /1.0/network-address-sets/{name}`
   *
   * Incus only; extension `network_address_set`.
   */
  post(body: NetworkAddressSetPost, options?: CallOptions<ProjectQuery>): Done
  /**
   * `PUT /1.0/network-address-sets/{name}`
   *
   * Incus only; extension `network_address_set`.
   */
  put(body: NetworkAddressSetPut, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/network-allocations` */
export interface NetworkAllocationsNode extends RestNode {
  /**
   * `GET /1.0/network-allocations`
   *
   * Not in LXD 5.0; extension `network_allocations`.
   */
  get(options?: CallOptions<AllProjectsProjectQuery>): Sync<NetworkAllocations[]>
}

/** `/1.0/network-integrations` */
export interface NetworkIntegrationsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/network-integrations`
   *
   * Incus only; extension `network_integrations`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkIntegration[]][Recursion]>
  /**
   * `POST /1.0/network-integrations`
   *
   * Incus only; extension `network_integrations`.
   */
  post(body: NetworkIntegrationsPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/network-integrations` */
export type NetworkIntegrations = NetworkIntegrationsCalls & {
  readonly [integration: string]: NetworkIntegrationsItem
}

/** `/1.0/network-integrations/{integration}` */
export interface NetworkIntegrationsItem extends RestNode {
  /**
   * `DELETE /1.0/network-integrations/{integration}`
   *
   * Incus only.
   */
  delete(options?: CallOptions<NoQuery>): Done
  /**
   * `GET /1.0/network-integrations/{integration}`
   *
   * Incus only; extension `network_integrations`.
   */
  get(options?: CallOptions<NoQuery>): Sync<NetworkIntegration>
  /**
   * `PATCH /1.0/network-integrations/{integration}`
   *
   * Incus only; extension `network_integrations`.
   */
  patch(body: NetworkIntegrationPut, options?: CallOptions<NoQuery>): Done
  /**
   * `POST /1.0/network-integrations/{integration}`
   *
   * Incus only; extension `network_integrations`.
   */
  post(body: NetworkIntegrationPost, options?: CallOptions<NoQuery>): Done
  /**
   * `PUT /1.0/network-integrations/{integration}`
   *
   * Incus only; extension `network_integrations`.
   */
  put(body: NetworkIntegrationPut, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/network-zones` */
export interface NetworkZonesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/network-zones` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkZone[]][Recursion]>
  /**
   * `POST /1.0/network-zones`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkZonesPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/network-zones` */
export type NetworkZones = NetworkZonesCalls & { readonly [zone: string]: NetworkZonesItem }

/** `/1.0/network-zones/{zone}` */
export interface NetworkZonesItem extends RestNode {
  /**
   * `DELETE /1.0/network-zones/{zone}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/network-zones/{zone}` */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkZone>
  /**
   * `PATCH /1.0/network-zones/{zone}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkZonePut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/network-zones/{zone}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkZonePut, options?: CallOptions<ProjectQuery>): Either
  readonly records: NetworkZonesItemRecords
}

/** `/1.0/network-zones/{zone}/records` */
export interface NetworkZonesItemRecordsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/network-zones/{zone}/records` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkZoneRecord[]][Recursion]>
  /**
   * `POST /1.0/network-zones/{zone}/records`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkZoneRecordsPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/network-zones/{zone}/records` */
export type NetworkZonesItemRecords = NetworkZonesItemRecordsCalls & {
  readonly [name: string]: NetworkZonesItemRecordsItem
}

/** `/1.0/network-zones/{zone}/records/{name}` */
export interface NetworkZonesItemRecordsItem extends RestNode {
  /**
   * `DELETE /1.0/network-zones/{zone}/records/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/network-zones/{zone}/records/{name}` */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkZoneRecord>
  /**
   * `PATCH /1.0/network-zones/{zone}/records/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkZoneRecordPut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/network-zones/{zone}/records/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkZoneRecordPut, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks` */
export interface NetworksCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/networks` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], Network[]][Recursion]>
  /**
   * `POST /1.0/networks`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworksPost, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/networks` */
export type Networks = NetworksCalls & { readonly [name: string]: NetworksItem }

/** `/1.0/networks/{name}` */
export interface NetworksItem extends RestNode {
  /**
   * `DELETE /1.0/networks/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/networks/{name}` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<Network>
  /**
   * `PATCH /1.0/networks/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkPut, options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `POST /1.0/networks/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkPost, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/networks/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkPut, options?: CallOptions<ProjectTargetQuery>): Either
  readonly forwards: NetworksItemForwards
  readonly leases: NetworksItemLeases
  readonly 'load-balancer-pools': NetworksItemLoadBalancerPools
  readonly 'load-balancers': NetworksItemLoadBalancers
  readonly peers: NetworksItemPeers
  readonly state: NetworksItemState
}

/** `/1.0/networks/{networkName}/forwards` */
export interface NetworksItemForwardsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/networks/{networkName}/forwards` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkForward[]][Recursion]>
  /**
   * `POST /1.0/networks/{networkName}/forwards`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkForwardsPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks/{networkName}/forwards` */
export type NetworksItemForwards = NetworksItemForwardsCalls & {
  readonly [listenAddress: string]: NetworksItemForwardsItem
}

/** `/1.0/networks/{networkName}/forwards/{listenAddress}` */
export interface NetworksItemForwardsItem extends RestNode {
  /**
   * `DELETE /1.0/networks/{networkName}/forwards/{listenAddress}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/networks/{networkName}/forwards/{listenAddress}` */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkForward>
  /**
   * `PATCH /1.0/networks/{networkName}/forwards/{listenAddress}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkForwardPut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/networks/{networkName}/forwards/{listenAddress}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkForwardPut, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks/{name}/leases` */
export interface NetworksItemLeases extends RestNode {
  /** `GET /1.0/networks/{name}/leases` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<NetworkLease[]>
}

/** `/1.0/networks/{networkName}/load-balancer-pools` */
export interface NetworksItemLoadBalancerPoolsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/networks/{networkName}/load-balancer-pools`
   *
   * LXD only, not in LXD 5.0; extension `network_load_balancer_pool`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkLoadBalancerPool[]>
  /**
   * `POST /1.0/networks/{networkName}/load-balancer-pools`
   *
   * LXD only, not in LXD 5.0; extension `network_load_balancer_pool`.
   */
  post(body: NetworkLoadBalancerPoolsPost, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/networks/{networkName}/load-balancer-pools` */
export type NetworksItemLoadBalancerPools = NetworksItemLoadBalancerPoolsCalls & {
  readonly [poolName: string]: NetworksItemLoadBalancerPoolsItem
}

/** `/1.0/networks/{networkName}/load-balancer-pools/{poolName}` */
export interface NetworksItemLoadBalancerPoolsItem extends RestNode {
  /**
   * `DELETE /1.0/networks/{networkName}/load-balancer-pools/{poolName}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<ProjectQuery>): Started
  /**
   * `GET /1.0/networks/{networkName}/load-balancer-pools/{poolName}`
   *
   * LXD only, not in LXD 5.0; extension `network_load_balancer_pool`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkLoadBalancerPool>
  /**
   * `PUT /1.0/networks/{networkName}/load-balancer-pools/{poolName}`
   *
   * LXD only, not in LXD 5.0; extension `network_load_balancer_pool`.
   */
  put(body: NetworkLoadBalancerPoolPut, options?: CallOptions<ProjectQuery>): Started
  readonly state: NetworksItemLoadBalancerPoolsItemState
}

/** `/1.0/networks/{networkName}/load-balancer-pools/{poolName}/state` */
export interface NetworksItemLoadBalancerPoolsItemState extends RestNode {
  /**
   * `GET /1.0/networks/{networkName}/load-balancer-pools/{poolName}/state`
   *
   * LXD only, not in LXD 5.0; extension `network_load_balancer_pool_health_checks`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkLoadBalancerPoolState>
}

/** `/1.0/networks/{networkName}/load-balancers` */
export interface NetworksItemLoadBalancersCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/networks/{networkName}/load-balancers`
   *
   * Not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkLoadBalancer[]][Recursion]>
  /**
   * `POST /1.0/networks/{networkName}/load-balancers`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkLoadBalancersPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks/{networkName}/load-balancers` */
export type NetworksItemLoadBalancers = NetworksItemLoadBalancersCalls & {
  readonly [listenAddress: string]: NetworksItemLoadBalancersItem
}

/** `/1.0/networks/{networkName}/load-balancers/{listenAddress}` */
export interface NetworksItemLoadBalancersItem extends RestNode {
  /**
   * `DELETE /1.0/networks/{networkName}/load-balancers/{listenAddress}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /**
   * `GET /1.0/networks/{networkName}/load-balancers/{listenAddress}`
   *
   * Not in LXD 5.0.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkLoadBalancer>
  /**
   * `PATCH /1.0/networks/{networkName}/load-balancers/{listenAddress}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkLoadBalancerPut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/networks/{networkName}/load-balancers/{listenAddress}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkLoadBalancerPut, options?: CallOptions<ProjectQuery>): Either
  readonly state: NetworksItemLoadBalancersItemState
}

/** `/1.0/networks/{networkName}/load-balancers/{listenAddress}/state` */
export interface NetworksItemLoadBalancersItemState extends RestNode {
  /**
   * `GET /1.0/networks/{networkName}/load-balancers/{listenAddress}/state`
   *
   * Incus only; extension `network_load_balancer_state`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkLoadBalancerState>
}

/** `/1.0/networks/{networkName}/peers` */
export interface NetworksItemPeersCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/networks/{networkName}/peers` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], NetworkPeer[]][Recursion]>
  /**
   * `POST /1.0/networks/{networkName}/peers`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: NetworkPeersPost, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks/{networkName}/peers` */
export type NetworksItemPeers = NetworksItemPeersCalls & {
  readonly [peerName: string]: NetworksItemPeersItem
}

/** `/1.0/networks/{networkName}/peers/{peerName}` */
export interface NetworksItemPeersItem extends RestNode {
  /**
   * `DELETE /1.0/networks/{networkName}/peers/{peerName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/networks/{networkName}/peers/{peerName}` */
  get(options?: CallOptions<ProjectQuery>): Sync<NetworkPeer>
  /**
   * `PATCH /1.0/networks/{networkName}/peers/{peerName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: NetworkPeerPut, options?: CallOptions<ProjectQuery>): Either
  /**
   * `PUT /1.0/networks/{networkName}/peers/{peerName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: NetworkPeerPut, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/networks/{name}/state` */
export interface NetworksItemState extends RestNode {
  /** `GET /1.0/networks/{name}/state` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<NetworkState>
}

/** `/1.0/operations` */
export interface OperationsCalls extends RestNode, Only<'get'> {
  /** `GET /1.0/operations` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsProjectQuery & Recursive<Recursion>>,
  ): Sync<[Record<string, string[]>, Record<string, Operation[]>][Recursion]>
}

/** `/1.0/operations` */
export type Operations = OperationsCalls & { readonly [id: string]: OperationsItem }

/** `/1.0/operations/{id}` */
export interface OperationsItem extends RestNode {
  /** Cancels the operation. `DELETE /1.0/operations/{id}` */
  delete(options?: CallOptions<NoQuery>): Done
  /** `GET /1.0/operations/{id}` */
  get(options?: CallOptions<NoQuery>): Sync<Operation>
  readonly wait: OperationsItemWait
  readonly websocket: OperationsItemWebsocket
}

/** `/1.0/operations/{id}/wait` */
export interface OperationsItemWait extends RestNode {
  /** Waits for the operation; `.wait()` on any result does it better. `GET /1.0/operations/{id}/wait` */
  get(options?: CallOptions<SecretTimeoutQuery>): Sync<Operation>
}

/** `/1.0/operations/{id}/websocket` */
export interface OperationsItemWebsocket extends RestNode {
  /** Opens a websocket of the operation. `GET /1.0/operations/{id}/websocket` */
  websocket(options?: CallOptions<SecretQuery>): Promise<APIWebSocket>
}

/** `/1.0/placement-groups` */
export interface PlacementGroupsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/placement-groups`
   *
   * LXD only, not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], PlacementGroup[]][Recursion]>
  /**
   * `POST /1.0/placement-groups`
   *
   * LXD only, not in LXD 5.0.
   */
  post(body: PlacementGroupsPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/placement-groups` */
export type PlacementGroups = PlacementGroupsCalls & { readonly [name: string]: PlacementGroupsItem }

/** `/1.0/placement-groups/{name}` */
export interface PlacementGroupsItem extends RestNode {
  /**
   * `DELETE /1.0/placement-groups/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /**
   * `GET /1.0/placement-groups/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<PlacementGroup>
  /**
   * `PATCH /1.0/placement-groups/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  patch(body: PlacementGroupPut, options?: CallOptions<ProjectQuery>): Done
  /**
   * `POST /1.0/placement-groups/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  post(body: PlacementGroupPost, options?: CallOptions<ProjectQuery>): Done
  /**
   * `PUT /1.0/placement-groups/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  put(body: PlacementGroupPut, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/profiles` */
export interface ProfilesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/profiles` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Profile[]][Recursion]>
  /** `POST /1.0/profiles` */
  post(body: ProfilesPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/profiles` */
export type Profiles = ProfilesCalls & { readonly [name: string]: ProfilesItem }

/** `/1.0/profiles/{name}` */
export interface ProfilesItem extends RestNode {
  /** `DELETE /1.0/profiles/{name}` */
  delete(options?: CallOptions<ProjectQuery>): Done
  /** `GET /1.0/profiles/{name}` */
  get(options?: CallOptions<ProjectQuery>): Sync<Profile>
  /**
   * `PATCH /1.0/profiles/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: ProfilePut, options?: CallOptions<ProjectQuery>): Either
  /** `POST /1.0/profiles/{name}` */
  post(body: ProfilePost, options?: CallOptions<ProjectQuery>): Done
  /**
   * `PUT /1.0/profiles/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: ProfilePut, options?: CallOptions<ProjectQuery>): Either
}

/** `/1.0/projects` */
export interface ProjectsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/projects` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterQuery & Recursive<Recursion>>,
  ): Sync<[string[], Project[]][Recursion]>
  /** `POST /1.0/projects` */
  post(body: ProjectsPost, options?: CallOptions<NoQuery>): Done
}

/** `/1.0/projects` */
export type Projects = ProjectsCalls & { readonly [name: string]: ProjectsItem }

/** `/1.0/projects/{name}` */
export interface ProjectsItem extends RestNode {
  /**
   * `DELETE /1.0/projects/{name}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ForceQuery>): Either
  /** `GET /1.0/projects/{name}` */
  get(options?: CallOptions<NoQuery>): Sync<Project>
  /** `PATCH /1.0/projects/{name}` */
  patch(body: ProjectPut, options?: CallOptions<NoQuery>): Done
  /** `POST /1.0/projects/{name}` */
  post(body: ProjectPost, options?: CallOptions<NoQuery>): Started
  /** `PUT /1.0/projects/{name}` */
  put(body: ProjectPut, options?: CallOptions<NoQuery>): Done
  readonly access: ProjectsItemAccess
  readonly state: ProjectsItemState
}

/** `/1.0/projects/{name}/access` */
export interface ProjectsItemAccess extends RestNode {
  /**
   * `GET /1.0/projects/{name}/access`
   *
   * Incus only; extension `instance_access`.
   */
  get(options?: CallOptions<NoQuery>): Sync<AccessEntry[] | null>
}

/** `/1.0/projects/{name}/state` */
export interface ProjectsItemState extends RestNode {
  /** `GET /1.0/projects/{name}/state` */
  get(options?: CallOptions<NoQuery>): Sync<ProjectState>
  /**
   * `PUT /1.0/projects/{name}/state`
   *
   * LXD only, not in LXD 5.0; extension `project_replica_mode`.
   */
  put(body: ProjectStatePut, options?: CallOptions<ForceQuery>): Started
}

/** `/1.0/replicators` */
export interface ReplicatorsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/replicators`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Replicator[]][Recursion]>
  /**
   * `POST /1.0/replicators`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  post(body: ReplicatorsPost, options?: CallOptions<ProjectQuery>): Done
}

/** `/1.0/replicators` */
export type Replicators = ReplicatorsCalls & { readonly [name: string]: ReplicatorsItem }

/** `/1.0/replicators/{name}` */
export interface ReplicatorsItem extends RestNode {
  /**
   * `DELETE /1.0/replicators/{name}`
   *
   * LXD only, not in LXD 5.0.
   */
  delete(options?: CallOptions<ProjectQuery>): Done
  /**
   * `GET /1.0/replicators/{name}`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<Replicator>
  /**
   * `PATCH /1.0/replicators/{name}`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  patch(body: ReplicatorPut, options?: CallOptions<ProjectQuery>): Done
  /**
   * `POST /1.0/replicators/{name}`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  post(body: ReplicatorPost, options?: CallOptions<ProjectQuery>): Done
  /**
   * `PUT /1.0/replicators/{name}`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  put(body: ReplicatorPut, options?: CallOptions<ProjectQuery>): Done
  readonly state: ReplicatorsItemState
}

/** `/1.0/replicators/{name}/state` */
export interface ReplicatorsItemState extends RestNode {
  /**
   * `GET /1.0/replicators/{name}/state`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<ReplicatorState>
  /**
   * `PUT /1.0/replicators/{name}/state`
   *
   * LXD only, not in LXD 5.0; extension `replicators`.
   */
  put(body: ReplicatorStatePut, options?: CallOptions<ProjectQuery>): Started
}

/** `/1.0/resources` */
export interface ResourcesNode extends RestNode {
  /** `GET /1.0/resources` */
  get(options?: CallOptions<TargetQuery>): Sync<Resources>
}

/** `/1.0/storage-pools` */
export interface StoragePoolsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/storage-pools` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<FilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], StoragePool[]][Recursion]>
  /**
   * `POST /1.0/storage-pools`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: StoragePoolsPost, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/storage-pools` */
export type StoragePools = StoragePoolsCalls & { readonly [poolName: string]: StoragePoolsItem }

/** `/1.0/storage-pools/{poolName}` */
export interface StoragePoolsItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{poolName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectQuery>): Either
  /** `GET /1.0/storage-pools/{poolName}` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StoragePool>
  /**
   * `PATCH /1.0/storage-pools/{poolName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: StoragePoolPut, options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `PUT /1.0/storage-pools/{poolName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: StoragePoolPut, options?: CallOptions<ProjectTargetQuery>): Either
  readonly buckets: StoragePoolsItemBuckets
  readonly resources: StoragePoolsItemResources
  readonly volumes: StoragePoolsItemVolumes
}

/** `/1.0/storage-pools/{poolName}/buckets` */
export interface StoragePoolsItemBucketsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets`
   *
   * Not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 | 2 = 0>(
    options?: CallOptions<AllProjectsFilterProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageBucket[], StorageBucketFull[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/buckets`
   *
   * Not in LXD 5.0.
   *
   * An operation, or answered at once.
   */
  post(body: StorageBucketsPost, options?: CallOptions<ProjectQuery>): Either<StorageBucketKey>
}

/** `/1.0/storage-pools/{poolName}/buckets` */
export type StoragePoolsItemBuckets = StoragePoolsItemBucketsCalls & {
  readonly [bucketName: string]: StoragePoolsItemBucketsItem
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}` */
export interface StoragePoolsItemBucketsItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{name}/buckets/{bucketName}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}`
   *
   * Not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[StorageBucket, StorageBucketFull][Recursion]>
  /**
   * `PATCH /1.0/storage-pools/{name}/buckets/{bucketName}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: StorageBucketPut, options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `PUT /1.0/storage-pools/{name}/buckets/{bucketName}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: StorageBucketPut, options?: CallOptions<ProjectTargetQuery>): Either
  readonly backups: StoragePoolsItemBucketsItemBackups
  readonly keys: StoragePoolsItemBucketsItemKeys
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/backups` */
export interface StoragePoolsItemBucketsItemBackupsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups`
   *
   * Incus only; extension `storage_bucket_backup`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageBucketBackup[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups`
   *
   * Incus only; extension `storage_bucket_backup`.
   */
  post(body: StorageBucketBackupsPost, options?: CallOptions<ProjectTargetQuery>): Started
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/backups` */
export type StoragePoolsItemBucketsItemBackups = StoragePoolsItemBucketsItemBackupsCalls & {
  readonly [backupName: string]: StoragePoolsItemBucketsItemBackupsItem
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}` */
export interface StoragePoolsItemBucketsItemBackupsItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}`
   *
   * Incus only.
   */
  delete(options?: CallOptions<ProjectTargetQuery>): Started
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}`
   *
   * Incus only; extension `storage_bucket_backup`.
   */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StorageBucketBackup>
  /**
   * `POST /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}`
   *
   * Incus only; extension `storage_bucket_backup`.
   */
  post(body: StorageBucketBackupPost, options?: CallOptions<ProjectTargetQuery>): Started
  readonly export: StoragePoolsItemBucketsItemBackupsItemExport
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}/export` */
export interface StoragePoolsItemBucketsItemBackupsItemExport extends RestNode {
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}/backups/{backupName}/export`
   *
   * Incus only.
   */
  get(options?: CallOptions<ProjectTargetQuery>): Content
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/keys` */
export interface StoragePoolsItemBucketsItemKeysCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}/keys`
   *
   * Not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageBucketKey[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/buckets/{bucketName}/keys`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  post(body: StorageBucketKeysPost, options?: CallOptions<ProjectQuery>): Either<StorageBucketKey>
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/keys` */
export type StoragePoolsItemBucketsItemKeys = StoragePoolsItemBucketsItemKeysCalls & {
  readonly [keyName: string]: StoragePoolsItemBucketsItemKeysItem
}

/** `/1.0/storage-pools/{poolName}/buckets/{bucketName}/keys/{keyName}` */
export interface StoragePoolsItemBucketsItemKeysItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{name}/buckets/{bucketName}/keys/{keyName}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `GET /1.0/storage-pools/{poolName}/buckets/{bucketName}/keys/{keyName}`
   *
   * Not in LXD 5.0.
   */
  get(options?: CallOptions<ProjectQuery>): Sync<StorageBucketKey>
  /**
   * `PUT /1.0/storage-pools/{name}/buckets/{bucketName}/keys/{keyName}`
   *
   * Not in LXD 5.0.
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: StorageBucketKeyPut, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/storage-pools/{name}/resources` */
export interface StoragePoolsItemResources extends RestNode {
  /** `GET /1.0/storage-pools/{name}/resources` */
  get(options?: CallOptions<TargetQuery>): Sync<ResourcesStoragePool>
}

/** `/1.0/storage-pools/{poolName}/volumes` */
export interface StoragePoolsItemVolumesCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/storage-pools/{poolName}/volumes` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolume[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes`
   *
   * An operation, or answered at once.
   */
  post(body: StorageVolumesPost | RawBody, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/storage-pools/{poolName}/volumes` */
export type StoragePoolsItemVolumes = StoragePoolsItemVolumesCalls & {
  readonly [type: string]: StoragePoolsItemVolumesItem
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}` */
export interface StoragePoolsItemVolumesItemCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}` */
  get<Recursion extends 0 | 1 | 2 = 0>(
    options?: CallOptions<AllProjectsProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolume[], StorageVolumeFull[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes/{type}`
   *
   * An operation, or answered at once.
   */
  post(body: StorageVolumesPost | RawBody, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}` */
export type StoragePoolsItemVolumesItem = StoragePoolsItemVolumesItemCalls & {
  readonly [volumeName: string]: StoragePoolsItemVolumesItemItem
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}` */
export interface StoragePoolsItemVolumesItemItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  delete(options?: CallOptions<ProjectTargetQuery>): Either
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[StorageVolume, StorageVolumeFull][Recursion]>
  /**
   * `PATCH /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: StorageVolumePut, options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}`
   *
   * An operation, or answered at once.
   */
  post(body: StorageVolumePost, options?: CallOptions<ProjectTargetQuery>): Either
  /**
   * `PUT /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: StorageVolumePut, options?: CallOptions<ProjectTargetQuery>): Either
  readonly backups: StoragePoolsItemVolumesItemItemBackups
  readonly bitmaps: StoragePoolsItemVolumesItemItemBitmaps
  readonly files: StoragePoolsItemVolumesItemItemFiles
  readonly nbd: StoragePoolsItemVolumesItemItemNbd
  readonly rebuild: StoragePoolsItemVolumesItemItemRebuild
  readonly sftp: StoragePoolsItemVolumesItemItemSftp
  readonly snapshots: StoragePoolsItemVolumesItemItemSnapshots
  readonly state: StoragePoolsItemVolumesItemItemState
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups` */
export interface StoragePoolsItemVolumesItemItemBackupsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolumeBackup[]][Recursion]>
  /** `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups` */
  post(body: StorageVolumeBackupsPost, options?: CallOptions<ProjectTargetQuery>): Started
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups` */
export type StoragePoolsItemVolumesItemItemBackups = StoragePoolsItemVolumesItemItemBackupsCalls & {
  readonly [backupName: string]: StoragePoolsItemVolumesItemItemBackupsItem
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}` */
export interface StoragePoolsItemVolumesItemItemBackupsItem extends RestNode {
  /** `DELETE /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}` */
  delete(options?: CallOptions<ProjectTargetQuery>): Started
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StorageVolumeBackup>
  /** `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}` */
  post(body: StorageVolumeBackupPost, options?: CallOptions<ProjectTargetQuery>): Started
  readonly export: StoragePoolsItemVolumesItemItemBackupsItemExport
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}/export` */
export interface StoragePoolsItemVolumesItemItemBackupsItemExport extends RestNode {
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/backups/{backupName}/export` */
  get(options?: CallOptions<ProjectTargetQuery>): Content
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps` */
export interface StoragePoolsItemVolumesItemItemBitmapsCalls extends RestNode, Only<'get' | 'post'> {
  /**
   * `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps`
   *
   * Incus only; extension `storage_volume_nbd`.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolumeBitmap[]][Recursion]>
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps`
   *
   * Incus only; extension `storage_volume_nbd`.
   */
  post(body: StorageVolumeBitmapsPost, options?: CallOptions<ProjectTargetQuery>): Done
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps` */
export type StoragePoolsItemVolumesItemItemBitmaps = StoragePoolsItemVolumesItemItemBitmapsCalls & {
  readonly [bitmapName: string]: StoragePoolsItemVolumesItemItemBitmapsItem
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps/{bitmapName}` */
export interface StoragePoolsItemVolumesItemItemBitmapsItem extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps/{bitmapName}`
   *
   * Incus only.
   */
  delete(options?: CallOptions<ProjectTargetQuery>): Done
  /**
   * `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/bitmaps/{bitmapName}`
   *
   * Incus only; extension `storage_volume_nbd`.
   */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StorageVolumeBitmap>
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/files` */
export interface StoragePoolsItemVolumesItemItemFiles extends RestNode {
  /**
   * `DELETE /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/files`
   *
   * Incus only.
   *
   * Headers after `X-LXD-` or `X-Incus-`: `force`.
   */
  delete(options: RequiredOptions<RequiredPathProjectQuery>): Done
  /**
   * `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/files`
   *
   * Incus only.
   */
  get(options: RequiredOptions<RequiredPathProjectQuery>): ContentOrSync<string[]>
  /**
   * `HEAD /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/files`
   *
   * Incus only.
   */
  head(options: RequiredOptions<RequiredPathProjectQuery>): Sync<undefined>
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/files`
   *
   * Incus only.
   *
   * Headers after `X-LXD-` or `X-Incus-`: `gid`, `mode`, `type`, `uid`, `write`.
   */
  post(body: RawBody, options: RequiredOptions<RequiredPathProjectQuery>): Done
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/nbd` */
export interface StoragePoolsItemVolumesItemItemNbd extends RestNode {
  /**
   * `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/nbd`
   *
   * Incus only.
   */
  upgrade(protocol: 'nbd', options?: CallOptions<ProjectWritableQuery>): Promise<Duplex>
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/rebuild` */
export interface StoragePoolsItemVolumesItemItemRebuild extends RestNode {
  /**
   * `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/rebuild`
   *
   * Incus only.
   */
  post(body: Record<string, unknown>, options?: CallOptions<ProjectTargetQuery>): Started
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/sftp` */
export interface StoragePoolsItemVolumesItemItemSftp extends RestNode {
  /**
   * `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/sftp`
   *
   * Incus only.
   */
  upgrade(protocol: 'sftp', options?: CallOptions<ProjectTargetQuery>): Promise<Duplex>
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots` */
export interface StoragePoolsItemVolumesItemItemSnapshotsCalls extends RestNode, Only<'get' | 'post'> {
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolumeSnapshot[]][Recursion]>
  /** `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots` */
  post(body: StorageVolumeSnapshotsPost, options?: CallOptions<ProjectTargetQuery>): Started
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots` */
export type StoragePoolsItemVolumesItemItemSnapshots = StoragePoolsItemVolumesItemItemSnapshotsCalls & {
  readonly [snapshotName: string]: StoragePoolsItemVolumesItemItemSnapshotsItem
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}` */
export interface StoragePoolsItemVolumesItemItemSnapshotsItem extends RestNode {
  /** `DELETE /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}` */
  delete(options?: CallOptions<ProjectTargetQuery>): Started
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StorageVolumeSnapshot>
  /**
   * `PATCH /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  patch(body: StorageVolumeSnapshotPut, options?: CallOptions<ProjectTargetQuery>): Either
  /** `POST /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}` */
  post(body: StorageVolumeSnapshotPost, options?: CallOptions<ProjectTargetQuery>): Started
  /**
   * `PUT /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/snapshots/{snapshotName}`
   *
   * An operation on LXD 6.9, answered at once on others.
   */
  put(body: StorageVolumeSnapshotPut, options?: CallOptions<ProjectTargetQuery>): Either
}

/** `/1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/state` */
export interface StoragePoolsItemVolumesItemItemState extends RestNode {
  /** `GET /1.0/storage-pools/{poolName}/volumes/{type}/{volumeName}/state` */
  get(options?: CallOptions<ProjectTargetQuery>): Sync<StorageVolumeState>
}

/** `/1.0/storage-volumes` */
export interface StorageVolumesCalls extends RestNode, Only<'get'> {
  /**
   * `GET /1.0/storage-volumes`
   *
   * LXD only, not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsFilterProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolume[]][Recursion]>
}

/** `/1.0/storage-volumes` */
export type StorageVolumes = StorageVolumesCalls & { readonly [type: string]: StorageVolumesItem }

/** `/1.0/storage-volumes/{type}` */
export interface StorageVolumesItem extends RestNode {
  /**
   * `GET /1.0/storage-volumes/{type}`
   *
   * LXD only, not in LXD 5.0.
   */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<AllProjectsProjectTargetQuery & Recursive<Recursion>>,
  ): Sync<[string[], StorageVolume[]][Recursion]>
}

/** `/1.0/warnings` */
export interface WarningsCalls extends RestNode, Only<'get'> {
  /** `GET /1.0/warnings` */
  get<Recursion extends 0 | 1 = 0>(
    options?: CallOptions<ProjectQuery & Recursive<Recursion>>,
  ): Sync<[string[], Warning[]][Recursion]>
}

/** `/1.0/warnings` */
export type Warnings = WarningsCalls & { readonly [uuid: string]: WarningsItem }

/** `/1.0/warnings/{uuid}` */
export interface WarningsItem extends RestNode {
  /** `DELETE /1.0/warnings/{uuid}` */
  delete(options?: CallOptions<NoQuery>): Done
  /** `GET /1.0/warnings/{uuid}` */
  get(options?: CallOptions<NoQuery>): Sync<Warning>
  /** `PATCH /1.0/warnings/{uuid}` */
  patch(body: WarningPut, options?: CallOptions<NoQuery>): Done
  /** `PUT /1.0/warnings/{uuid}` */
  put(body: WarningPut, options?: CallOptions<NoQuery>): Done
}
