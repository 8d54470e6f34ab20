export {
  type InstanceExportOptions,
  type InstanceImportOptions,
  instanceExport,
  instanceImport,
} from './shortcuts/backups/instance.ts'
export {
  type VolumeExportOptions,
  type VolumeImportOptions,
  volumeExport,
  volumeImport,
} from './shortcuts/backups/volume.ts'
export { type ConsoleOptions, InstanceConsole, instanceConsole } from './shortcuts/exec/console.ts'
export {
  type ExecInput,
  type ExecOutput,
  type InstanceExecOptions,
  instanceExec,
} from './shortcuts/exec/exec.ts'
export type { LinuxSignal } from './shortcuts/exec/linux-signal.ts'
export type { ExecOptions, TerminalSize } from './shortcuts/exec/options.ts'
export { InstanceProcess, type StandardStreams } from './shortcuts/exec/process.ts'
export { instanceSpawn, type SpawnOptions } from './shortcuts/exec/spawn.ts'
export { type FileDeleteOptions, fileDelete } from './shortcuts/files/delete.ts'
export type { CopiedTree, DirectoryOptions } from './shortcuts/files/directory-options.ts'
export { directoryPresent } from './shortcuts/files/directory-present.ts'
export { type DirectoryPullOptions, directoryPull } from './shortcuts/files/directory-pull.ts'
export { type DirectoryPushOptions, directoryPush } from './shortcuts/files/directory-push.ts'
export type { FilePermissions } from './shortcuts/files/headers.ts'
export { fileList } from './shortcuts/files/list.ts'
export { filePull } from './shortcuts/files/pull.ts'
export { type FilePushOptions, filePush } from './shortcuts/files/push.ts'
export { type FileStat, fileStat } from './shortcuts/files/stat.ts'
export { symlinkPresent } from './shortcuts/files/symlink-present.ts'
export { imageAbsent, imageAliasPresent, imageGet } from './shortcuts/images/aliases.ts'
export { imageCopy } from './shortcuts/images/copy.ts'
export { imageExport } from './shortcuts/images/export.ts'
export type { ImageFiles, SplitImage } from './shortcuts/images/files.ts'
export { imageGetFingerprint } from './shortcuts/images/fingerprint.ts'
export type { ImageDetails, ImageOptions } from './shortcuts/images/options.ts'
export { imagePresent } from './shortcuts/images/present.ts'
export { type ImagePublishOptions, imagePublish } from './shortcuts/images/publish.ts'
export {
  type InstanceFilter,
  type InstanceOutcome,
  type InstancesOptions,
  instancesState,
} from './shortcuts/instances/bulk.ts'
export { instanceCopy } from './shortcuts/instances/copy.ts'
export type { CopyOptions } from './shortcuts/instances/copy-options.ts'
// The names of the Python library, from when all instances were containers.
export {
  type InstanceConfig,
  instanceAbsent,
  instanceAbsent as containerAbsent,
  instanceApplyConfig,
  instanceApplyConfig as containerApplyConfig,
  instanceGet,
  instanceGet as containerGet,
  instancePresent,
} from './shortcuts/instances/instance.ts'
export { instanceMove, type MoveOptions } from './shortcuts/instances/move.ts'
export { instanceRename } from './shortcuts/instances/rename.ts'
export { instanceRestore, instanceSnapshot, type SnapshotConfig } from './shortcuts/instances/snapshot.ts'
export {
  instanceApplyStatus,
  instanceApplyStatus as containerApplyStatus,
  instanceFreeze,
  instanceRestart,
  instanceStart,
  instanceStop,
  instanceUnfreeze,
} from './shortcuts/instances/status.ts'
export { type InstanceCondition, type WaitForOptions, waitFor } from './shortcuts/instances/wait-for.ts'
export type { AnyPath, ApiRoot } from './shortcuts/shared/resource.ts'
export type { Difference } from './shortcuts/state/difference.ts'
export { absent, type Outcome, type PresentOptions, present } from './shortcuts/state/present.ts'
export type { StatusOptions, TargetStatus } from './shortcuts/state/status.ts'
export { update } from './shortcuts/state/update.ts'
export type {
  TransferOptions,
  TransferProgress,
  TransferSource,
  TransferTarget,
} from './shortcuts/transfer/options.ts'
export { isTrusted, type TrustOptions, trust } from './shortcuts/trust/trust.ts'
