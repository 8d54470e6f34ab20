// Corrects errors of the facts about fields, each with its reason.

/** Definitions that are renamed. */
export const definitionNames: Readonly<Record<string, { name: string; because: string }>> = {
  IdentitiesPostTLS: { name: 'IdentitiesTLSPost', because: 'the reference dangles: two words are swapped' },
  StoragePoolVolumeBackup: { name: 'StorageVolumeBackup', because: 'the same object, renamed by Incus' },
  StoragePoolVolumeBackupPost: {
    name: 'StorageVolumeBackupPost',
    because: 'the same object, renamed by Incus',
  },
  StoragePoolVolumeBackupsPost: {
    name: 'StorageVolumeBackupsPost',
    because: 'the same object, renamed by Incus',
  },
  MetadataConfigGroup: {
    name: 'MetadataConfigurationConfigKeys',
    because: 'the same object, renamed by Incus',
  },
  MetadataConfigKey: { name: 'MetadataConfigurationConfigKey', because: 'the same object, renamed by Incus' },
}

/** Extensions whose names are misspelled. */
export const extensionNames: Readonly<Record<string, string>> = { satorage_volume_nbd: 'storage_volume_nbd' }

/** Aliases of schemas whose type the facts lack: Incus' maps have no type of their values. */
export const aliases: Readonly<Record<string, string>> = {
  ConfigMap: 'map[string]string',
  DevicesMap: 'map[string]map[string]string',
  StorageVolumeRebuildPost: 'map[string]any',
}

/** Definitions of other interfaces: the preseed file, the guest API, the old names of instances. */
export const foreignDefinitions = /^(Init|Dev(LXD|Incus)|Container|API10)/

const typeGroups: readonly { because: string; types: Readonly<Record<string, string>> }[] = [
  {
    because: 'the values are only in prose',
    types: {
      'Instance.status InstanceFull.status InstanceState.status': 'InstanceStatus',
      'Instance.status_code InstanceFull.status_code InstanceState.status_code': 'InstanceStatusCode',
      'Instance.type InstanceFull.type InstancesPost.type Image.type': 'InstanceType',
      'ImageAliasesEntry.type ImageAliasesPost.type': 'InstanceType',
      'Operation.class': 'OperationClass',
      'Operation.status': 'OperationStatus',
      'Operation.status_code': 'OperationStatusCode',
      'InstanceStatePut.action': 'InstanceAction',
      'InstanceSource.type': 'InstanceSourceType',
      'ImagesPostSource.type': 'ImageSourceType',
      'StorageVolumeSource.type': 'StorageVolumeSourceType',
      'InstanceSource.mode ImagesPostSource.mode StorageVolumeSource.mode': 'TransferMode',
      'Server.auth ServerUntrusted.auth': 'ServerAuth',
      'ClusterMemberStatePost.action': 'ClusterMemberAction',
      'Certificate.type CertificatePut.type CertificatesPost.type': 'CertificateType',
      'NetworkACLRule.action': 'NetworkACLAction',
      'NetworkACLRule.state': 'NetworkACLState',
      'Warning.severity': 'WarningSeverity',
      'Warning.status WarningPut.status': 'WarningStatus',
      'InstanceConsolePost.type': 'ConsoleType',
    },
  },
  {
    because: 'the keys are known: see generate/config/',
    types: {
      'InstancePut.config InstancesPost.config ProfilePut.config ProfilesPost.config': 'InstanceConfig',
      'InstancePut.devices InstancesPost.devices ProfilePut.devices ProfilesPost.devices':
        'map[string]Device',
      'ProjectPut.config ProjectsPost.config': 'ProjectConfig',
      'NetworkPut.config NetworksPost.config': 'NetworkConfig',
      'StoragePoolPut.config StoragePoolsPost.config': 'StoragePoolConfig',
      'StorageVolumePut.config StorageVolumesPost.config': 'StorageVolumeConfig',
      'StorageBucketPut.config StorageBucketsPost.config': 'StorageBucketConfig',
      'ServerPut.config': 'ServerConfig',
      'ClusterMemberPut.config': 'ClusterMemberConfig',
    },
  },
  {
    because: 'the names are known, and newer servers have more of them',
    types: {
      'EventLifecycle.action': 'LifecycleAction',
      'Server.api_extensions ServerUntrusted.api_extensions': '[]ApiExtension',
    },
  },
  {
    because: 'text, but for a boolean instead of a secret; Incus and LXD differ in how they write it',
    types: { 'Server.config ServerUntrusted.config': 'map[string]string' },
  },
  {
    because: 'each type of event has its own',
    types: { 'Event.metadata': 'any', 'Event.type': 'EventType' },
  },
  {
    because: 'text everywhere; Incus has lost the type of its maps',
    types: { 'ClusterMember.config': 'map[string]string' },
  },
]

/** Types in Go's notation that replace those of the facts, by `Definition.field`. */
export const fieldTypes: ReadonlyMap<string, string> = new Map(
  typeGroups.flatMap(({ types }) =>
    Object.entries(types).flatMap(([paths, type]) => paths.split(' ').map(path => [path, type] as const)),
  ),
)

/** Undocumented fields of Incus 6.0. */
export const addedFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MetadataConfigurationConfigKey: {
    'default?': 'string',
    'initialvaluedesc?': 'string',
    'resource?': 'string',
  },
}

/** Fields that answers may lack, undocumented. */
export const optionalFields: ReadonlySet<string> = new Set([
  // Newer than Incus 6.0.
  'NetworkAllocations.network',
  // Only newer Incus supports the recursion that adds these; others answer with less.
  'StorageBucketFull.backups',
  'StorageBucketFull.keys',
  'StorageVolumeFull.backups',
  'StorageVolumeFull.snapshots',
  'StorageVolumeFull.state',
])

/** Fields of answers that are a nil slice or map in Go, and so `null` instead of empty (all of them observed). */
export const nullableFields: ReadonlySet<string> = new Set([
  'ImageMetadata.templates',
  'InstanceFull.backups',
  'InstanceFull.snapshots',
  'InstanceState.network',
  'Network.locations',
  'Network.used_by',
  'Operation.metadata',
  'Operation.resources',
])
