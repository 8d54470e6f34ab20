import type { OperationTypes, UpgradeProtocol } from './model.ts'

/** Corrects what the facts have wrong about one call, or only in prose. Schemas are in Go's notation. */
export interface CallOverride {
  readonly because: string
  readonly body?: string
  /** Whether the body may be bytes as well as JSON. */
  readonly takesContent?: boolean
  /** The metadata of synchronous answers by recursion; '' is empty metadata. */
  readonly levels?: readonly string[]
  readonly isNullable?: boolean
  readonly operation?: OperationTypes
  readonly hasContent?: boolean
  /** The protocol to upgrade the connection to. */
  readonly upgrade?: UpgradeProtocol
  /** Query parameters that the facts lack, with their types. */
  readonly query?: Readonly<Record<string, string>>
  /** Query parameters without which the server rejects the call. */
  readonly required?: readonly string[]
  /** The API extension, if no definition names it. */
  readonly extension?: string
}

const FILE = { because: 'a file or a folder has to be named', required: ['path'] }
const FILE_READ = {
  ...FILE,
  because: 'a file is bytes, a folder an envelope with its names',
  levels: ['[]string'],
  hasContent: true,
}
const UNPACKS = 'the body may also be a backup, which the facts only tell of some servers'
const RAW = 'hands over the connection for another protocol'
const TOKEN = 'with `token: true` an operation whose metadata is the join token'

/** The overrides by method and URL template. */
export const callOverrides: Readonly<Record<string, CallOverride>> = {
  'DELETE /1.0/auth/identities/bearer/{}/token': {
    because: 'no answer is declared; it is empty',
    levels: [''],
  },
  'POST /1.0/auth/identities/tls': {
    because: 'the answer has no schema: a token with `token: true`, else nothing',
    levels: ['CertificateAddToken'],
  },
  'POST /1.0/certificates': { because: TOKEN, operation: { started: 'JoinToken' } },
  'POST /1.0/cluster/links': {
    because: 'the answer has no schema: the token of a link that waits for the other side',
    levels: ['CertificateAddToken'],
  },
  'POST /1.0/cluster/members': { because: TOKEN, operation: { started: 'JoinToken' } },
  'GET /1.0/events': {
    because: 'a websocket; the types of events are only in prose',
    upgrade: 'websocket',
    query: { type: 'EventType' },
  },
  'POST /1.0/images': {
    because: 'an image as bytes or a form, or a description of where to get it',
    body: 'ImagesPost',
    takesContent: true,
    operation: { finished: 'ImageCreated' },
  },
  'GET /1.0/images/{}/export': { because: 'the image', hasContent: true },
  'POST /1.0/images/{}/refresh': { because: 'untyped metadata', operation: { finished: 'ImageRefreshed' } },
  'POST /1.0/images/{}/secret': { because: 'untyped metadata', operation: { started: 'ImageSecret' } },
  'POST /1.0/instances': {
    because: `${UNPACKS}; LXD's facts lack the body itself`,
    body: 'InstancesPost',
    takesContent: true,
    operation: { started: 'MigrationSecrets' },
  },
  'GET /1.0/instances/{}': {
    because: 'with recursion LXD answers the full form, as Incus says',
    levels: ['Instance', 'InstanceFull'],
  },
  'POST /1.0/instances/{}': { because: 'untyped metadata', operation: { started: 'MigrationSecrets' } },
  'GET /1.0/instances/{}/access': { because: 'a nil slice where nobody has access', isNullable: true },
  'GET /1.0/instances/{}/backups/{}/export': { because: 'the backup', hasContent: true },
  'POST /1.0/instances/{}/bitmaps': { because: 'not in any definition', extension: 'storage_volume_nbd' },
  'GET /1.0/instances/{}/console': { because: "the console's log", hasContent: true },
  'POST /1.0/instances/{}/console': { because: 'untyped metadata', operation: { started: 'ConsoleStarted' } },
  'GET /1.0/instances/{}/debug/memory': {
    because: 'a dump of the memory',
    hasContent: true,
    extension: 'instance_debug_memory',
  },
  'POST /1.0/instances/{}/exec': {
    because: 'untyped metadata: the websockets to begin with, the exit status in the end',
    operation: { started: 'ExecStarted', finished: 'ExecFinished' },
  },
  'DELETE /1.0/instances/{}/files': FILE,
  'GET /1.0/instances/{}/files': FILE_READ,
  'HEAD /1.0/instances/{}/files': FILE,
  'POST /1.0/instances/{}/files': FILE,
  'GET /1.0/instances/{}/logs/exec-output/{}': { because: 'a file', hasContent: true },
  'GET /1.0/instances/{}/logs/{}': { because: 'a file', hasContent: true },
  'DELETE /1.0/instances/{}/metadata/templates': FILE,
  'GET /1.0/instances/{}/metadata/templates': {
    because: 'without `path` the names of the templates, with it a template',
    levels: ['[]string'],
    hasContent: true,
  },
  'POST /1.0/instances/{}/metadata/templates': FILE,
  'GET /1.0/instances/{}/nvram/{}/{}': {
    because: 'bytes or an envelope, as `Accept` asks',
    hasContent: true,
  },
  'GET /1.0/metrics': { because: 'text for Prometheus', hasContent: true },
  'GET /1.0/network-acls/{}/log': { because: 'a file', hasContent: true },
  'GET /1.0/operations': {
    because: 'with recursion still by status, and not one list',
    levels: ['map[string][]string', 'map[string][]Operation'],
  },
  'GET /1.0/operations/{}/websocket': { because: 'a websocket', upgrade: 'websocket' },
  'POST /1.0/placement-groups/{}': { because: 'the body is left out', body: 'PlacementGroupPost' },
  'GET /1.0/projects/{}/access': { because: 'a nil slice where nobody has access', isNullable: true },
  'POST /1.0/storage-pools/{}/buckets': {
    because: 'a reference to a response that is none',
    levels: ['StorageBucketKey'],
  },
  'GET /1.0/storage-pools/{}/buckets/{}/backups/{}/export': { because: 'the backup', hasContent: true },
  'POST /1.0/storage-pools/{}/buckets/{}/keys': {
    because: 'a reference to a response that is none',
    levels: ['StorageBucketKey'],
  },
  'POST /1.0/storage-pools/{}/volumes': { because: UNPACKS, takesContent: true },
  'POST /1.0/storage-pools/{}/volumes/{}': { because: UNPACKS, takesContent: true },
  'GET /1.0/storage-pools/{}/volumes/{}/{}/backups/{}/export': { because: 'the backup', hasContent: true },
  'POST /1.0/storage-pools/{}/volumes/{}/{}/backups/{}': {
    because: "LXD names the snapshots' body",
    body: 'StorageVolumeBackupPost',
  },
  'DELETE /1.0/storage-pools/{}/volumes/{}/{}/files': FILE,
  'GET /1.0/storage-pools/{}/volumes/{}/{}/files': FILE_READ,
  'HEAD /1.0/storage-pools/{}/volumes/{}/{}/files': FILE,
  'POST /1.0/storage-pools/{}/volumes/{}/{}/files': FILE,
  'GET /1.0/instances/{}/nbd': { because: RAW, upgrade: 'nbd' },
  'GET /1.0/instances/{}/sftp': { because: RAW, upgrade: 'sftp', query: { project: 'string' } },
  'POST /1.0/instances/{}/port-forward': { because: RAW, upgrade: 'tcp' },
  'GET /1.0/storage-pools/{}/volumes/{}/{}/nbd': { because: RAW, upgrade: 'nbd' },
  'GET /1.0/storage-pools/{}/volumes/{}/{}/sftp': {
    because: RAW,
    upgrade: 'sftp',
    query: { project: 'string', target: 'string' },
  },
}
