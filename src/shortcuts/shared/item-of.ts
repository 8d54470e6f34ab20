import type { ApiPath } from '../../path.ts'
import type { Untyped } from '../../request/transaction.ts'
import type {
  Instance,
  InstancesItem,
  RestNode,
  StorageBucket,
  StoragePoolsItemBucketsItem,
  StoragePoolsItemVolumesItemItem,
  StorageVolume,
} from '../../rest.ts'

/** `T` for a typed path, {@link Untyped} for any other path. */
export type Typed<P, T> = P extends ApiPath ? Untyped : T

/** The type of the metadata that `GET` of a path answers; {@link Untyped} for an untyped path. */
export type ItemOf<P> = P extends ApiPath
  ? Untyped
  : // Their `get()` is generic, from which nothing can be inferred.
    P extends InstancesItem
    ? Instance
    : P extends StoragePoolsItemVolumesItemItem
      ? StorageVolume
      : P extends StoragePoolsItemBucketsItem
        ? StorageBucket
        : P extends { get(options?: never): PromiseLike<{ readonly metadata: infer Metadata }> }
          ? Metadata
          : never

/** The type of an item of a list: that of an instance for `api.instances`. */
export type ListedItemOf<P> = P extends ApiPath
  ? Untyped
  : P extends { readonly [name: string]: infer Item }
    ? ItemOf<Item>
    : never

/** The type of a snapshot of what a path names. */
export type SnapshotOf<P> = P extends ApiPath
  ? Untyped
  : P extends { readonly snapshots: infer Snapshots }
    ? ListedItemOf<Snapshots>
    : never

/** `unknown` for a path of one item that has a verb, `never` for a typed path of anything else. */
export type WithVerb<P, Verb extends string> = P extends ApiPath
  ? unknown
  : string extends keyof P
    ? never
    : RestNode extends P
      ? unknown
      : Verb extends keyof P
        ? unknown
        : never
