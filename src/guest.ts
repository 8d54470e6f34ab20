import type { Readable } from 'node:stream'
import type { Path } from './path.ts'
import type { APIPromise } from './promise.ts'
import type { CallOptions } from './request/options.ts'
import type { Segment } from './request/segment.ts'
import type { Event } from './rest.ts'
import type { APIResult } from './result.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

// The API that instances reach through a socket of their own. It has no envelopes, so that `metadata` is the document
// itself, and the servers' documentation describes it only in prose:
//
// https://documentation.ubuntu.com/lxd/latest/dev-lxd/
// https://linuxcontainers.org/incus/docs/main/dev-incus/

/** Whether what runs in an instance is up: shown on the host as the status `Ready`. */
export type GuestState = 'Ready' | 'Started'

/** What `GET /1.0` tells an instance of itself. */
export interface GuestInfo {
  readonly api_version: string
  readonly instance_type: 'container' | 'virtual-machine'
  /** The cluster member that the instance is on, or the host; `none` on older servers that are no cluster. */
  readonly location: string
  /** Empty on LXD 5.0. */
  readonly state: GuestState | ''
}

/** An event that a guest receives: `switch (event.type)` narrows it. */
export type GuestEvent = Event<'config', GuestConfigChange> | Event<'device', GuestDeviceChange>

/** The type of an event that a guest receives. */
export type GuestEventType = GuestEvent['type']

/** A change of a `user.*` or `cloud-init.*` key. */
export interface GuestConfigChange {
  readonly key: string
  readonly old_value: string
  readonly value: string
}

/** A device that came, went or changed. */
export interface GuestDeviceChange {
  readonly action: 'added' | 'removed' | 'updated'
  readonly name: string
  readonly config: Readonly<Record<string, string>>
}

type Json<Document> = APIPromise<APIResult<Document, undefined>>
type Content = APIPromise<APIResult<undefined, Readable>>
type NoQuery = { readonly [name: string]: never }

/** Excludes the verbs of a path with names below it, which would otherwise be typed as an item of that name. */
type Without<Verbs extends string> = { readonly [Verb in Verbs]: never }

interface GuestSteps {
  /** The default timeout in seconds of what may take long. */
  readonly defaultTimeout: number
  /** Returns the path of a URL from an answer, such as `/1.0/config/user.role`. */
  forUrl(url: string | URL): Path
  /** Returns the same path with default options for the calls on it and below it. */
  with(defaults: CallOptions<NoQuery>): this
  /** Returns the URL from the root, without a query string. */
  toString(): string
}

interface GuestNode extends GuestSteps {
  /** Returns a path below this one, with each segment encoded. */
  path(...segments: readonly Segment[]): Path
}

/** The root of the guest API; see `API.guest()`. */
export interface GuestRoot extends GuestNode {
  /** `GET /` */
  get(options?: CallOptions<NoQuery>): Json<string[]>
  readonly '1.0': Guest
}

/** `/1.0` of the guest API. */
export interface Guest extends GuestNode {
  /** `GET /1.0` */
  get(options?: CallOptions<NoQuery>): Json<GuestInfo>
  /** Tells the host that the instance is ready, or no longer is. `PATCH /1.0` */
  patch(body: { readonly state: GuestState }, options?: CallOptions<NoQuery>): Content
  readonly config: GuestConfig
  readonly devices: GuestDevices
  readonly events: GuestEvents
  readonly images: GuestImages
  readonly 'meta-data': GuestMetadata
}

/** `/1.0/config`: the `user.*` and `cloud-init.*` keys of the instance. */
export type GuestConfig = GuestConfigCalls & { readonly [key: string]: GuestConfigItem }

interface GuestConfigCalls
  extends GuestSteps,
    Without<'delete' | 'head' | 'patch' | 'post' | 'put' | 'upgrade' | 'websocket'> {
  /** The URLs of the keys. `GET /1.0/config` */
  get(options?: CallOptions<NoQuery>): Json<string[]>
  /** The path of a key, with its name encoded. */
  path(key: string): GuestConfigItem
}

/** `/1.0/config/{key}` */
export interface GuestConfigItem extends GuestNode {
  /** The value, which `text()` reads. `GET /1.0/config/{key}` */
  get(options?: CallOptions<NoQuery>): Content
}

/** `/1.0/devices` */
export interface GuestDevices extends GuestNode {
  /** The devices by name, with their options. `GET /1.0/devices` */
  get(options?: CallOptions<NoQuery>): Json<Record<string, Record<string, string>>>
}

/** `/1.0/events` */
export interface GuestEvents extends GuestNode {
  /** Opens a websocket that sends {@link GuestEvent}; `events()` is a stream of them. `GET /1.0/events` */
  websocket(options?: CallOptions<{ readonly type?: string }>): Promise<APIWebSocket>
}

/** `/1.0/images` */
export type GuestImages = GuestImagesCalls & { readonly [fingerprint: string]: GuestImage }

interface GuestImagesCalls
  extends GuestSteps,
    Without<'delete' | 'get' | 'head' | 'patch' | 'post' | 'put' | 'upgrade' | 'websocket'> {
  /** The path of an image, by its fingerprint. */
  path(fingerprint: string): GuestImage
}

/** `/1.0/images/{fingerprint}` */
export interface GuestImage extends GuestNode {
  readonly export: GuestImageExport
}

/** `/1.0/images/{fingerprint}/export` */
export interface GuestImageExport extends GuestNode {
  /** Downloads a public image, where `security.devlxd.images` or `security.guestapi.images` is set. */
  get(options?: CallOptions<NoQuery>): Content
}

/** `/1.0/meta-data` */
export interface GuestMetadata extends GuestNode {
  /** The metadata for cloud-init, which `text()` reads. `GET /1.0/meta-data` */
  get(options?: CallOptions<NoQuery>): Content
}
