import type { Device } from '../../config.ts'
import type { ApiPath } from '../../path.ts'
import type {
  CertificatesItem,
  CertificatesPost,
  ClusterGroupsItem,
  ClusterGroupsPost,
  ImageAliasesPost,
  ImagesAliasesItem,
  ImagesItem,
  ImagesPost,
  InstanceSnapshotsPost,
  InstanceSource,
  InstancesItem,
  InstancesItemSnapshotsItem,
  InstancesPost,
  NetworkACLsPost,
  NetworkAclsItem,
  NetworkAddressSetsItem,
  NetworkAddressSetsPost,
  NetworkForwardsPost,
  NetworkLoadBalancersPost,
  NetworkPeersPost,
  NetworksItem,
  NetworksItemForwardsItem,
  NetworksItemLoadBalancersItem,
  NetworksItemPeersItem,
  NetworksPost,
  NetworkZoneRecordsPost,
  NetworkZonesItem,
  NetworkZonesItemRecordsItem,
  NetworkZonesPost,
  ProfilesItem,
  ProfilesPost,
  ProjectsItem,
  ProjectsPost,
  StorageBucketKeysPost,
  StorageBucketsPost,
  StoragePoolsItem,
  StoragePoolsItemBucketsItem,
  StoragePoolsItemBucketsItemKeysItem,
  StoragePoolsItemVolumesItemItem,
  StoragePoolsItemVolumesItemItemSnapshotsItem,
  StoragePoolsPost,
  StorageVolumeSnapshotsPost,
  StorageVolumesPost,
} from '../../rest.ts'
import type { TargetStatus } from './status.ts'

/**
 * What `present()` takes for a path: the fields of its `PUT` and of the `POST` that creates it, all of them optional.
 * `null` is for what should not be there. Any object for an untyped path.
 */
export type Desired<P> = P extends ApiPath
  ? object
  : string extends keyof P
    ? never
    : P extends { put(body: infer Put): unknown }
      ? DesiredFields<Put & CreationOf<P>>
      : never

/** The value of a config key or of an option of a device; sent as text. `null` removes it. */
export type Setting = string | number | boolean | Date | null

type DesiredFields<Body> = { readonly [Name in keyof Body]?: DesiredField<Name, Body[Name]> }

type DesiredField<Name, Value> = Name extends 'name' | 'listen_address' | 'source' | 'status'
  ? Value
  : Name extends 'config'
    ? Settings<NonNullable<Value>> | null
    : Name extends 'devices'
      ? { readonly [device: string]: Device<Setting | undefined> | null | undefined } | null
      : Name extends `${string}_at`
        ? Value | Date | null
        : DesiredValue<Value> | null

/**
 * An image as `lxc` and `incus` name it: `ubuntu:24.04`, `images:debian/12`, `prod:web-base` (a remote of the user's
 * configuration), `docker:nginx` (an OCI registry, on Incus 6.3 and newer), or `busybox`, an alias of the server itself or
 * the first characters of a fingerprint. `type: 'virtual-machine'` of the instance chooses an image of that type.
 */
export type ImageName = string

// Also with `exactOptionalPropertyTypes`, `undefined` is for what is left alone.
type Settings<Config> = { readonly [Key in keyof Config]?: Setting | undefined }

// Lists are replaced as a whole, so that their items are as the servers take them.
type DesiredValue<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Name in keyof Value]?: DesiredValue<Value[Name]> | null }
    : Value

// Items with paths below them come first: a path without any may be assignable to another type of item.
type CreationOf<P> = P extends InstancesItem
  ? Omit<InstancesPost, 'source'> & { source: InstanceSource | ImageName; status?: TargetStatus }
  : P extends StoragePoolsItemVolumesItemItem
    ? StorageVolumesPost
    : P extends StoragePoolsItem
      ? StoragePoolsPost
      : P extends StoragePoolsItemBucketsItem
        ? StorageBucketsPost
        : P extends NetworksItem
          ? NetworksPost
          : P extends NetworkZonesItem
            ? NetworkZonesPost
            : P extends ImagesItem
              ? ImagesPost
              : P extends ProjectsItem
                ? ProjectsPost
                : P extends NetworkAclsItem
                  ? NetworkACLsPost
                  : P extends NetworksItemLoadBalancersItem
                    ? NetworkLoadBalancersPost
                    : CreationOfLeaf<P>

type CreationOfLeaf<P> = P extends ProfilesItem
  ? ProfilesPost
  : P extends ClusterGroupsItem
    ? ClusterGroupsPost
    : P extends CertificatesItem
      ? CertificatesPost
      : P extends ImagesAliasesItem
        ? ImageAliasesPost
        : P extends InstancesItemSnapshotsItem
          ? InstanceSnapshotsPost
          : P extends StoragePoolsItemVolumesItemItemSnapshotsItem
            ? StorageVolumeSnapshotsPost
            : P extends StoragePoolsItemBucketsItemKeysItem
              ? StorageBucketKeysPost
              : P extends NetworkZonesItemRecordsItem
                ? NetworkZoneRecordsPost
                : P extends NetworksItemForwardsItem
                  ? NetworkForwardsPost
                  : P extends NetworksItemPeersItem
                    ? NetworkPeersPost
                    : P extends NetworkAddressSetsItem
                      ? NetworkAddressSetsPost
                      : { name?: string }
