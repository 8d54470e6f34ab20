export { type ConsoleOptions, InstanceConsole, instanceConsole } from './shortcuts/console.ts'
export { instanceCopy } from './shortcuts/copy.ts'
export type { CopyOptions } from './shortcuts/copy-options.ts'
export type { Difference } from './shortcuts/difference.ts'
export type { CopiedTree, DirectoryOptions } from './shortcuts/directory-options.ts'
export { directoryPresent } from './shortcuts/directory-present.ts'
export { type DirectoryPullOptions, directoryPull } from './shortcuts/directory-pull.ts'
export { type DirectoryPushOptions, directoryPush } from './shortcuts/directory-push.ts'
export { type ExecInput, type ExecOutput, type InstanceExecOptions, instanceExec } from './shortcuts/exec.ts'
export type { ExecOptions, TerminalSize } from './shortcuts/exec-options.ts'
export { InstanceProcess, type StandardStreams } from './shortcuts/exec-process.ts'
export { instanceSpawn, type SpawnOptions } from './shortcuts/exec-spawn.ts'
export { type FileDeleteOptions, fileDelete } from './shortcuts/file-delete.ts'
export type { FilePermissions } from './shortcuts/file-headers.ts'
export { fileList } from './shortcuts/file-list.ts'
export { filePull } from './shortcuts/file-pull.ts'
export { type FilePushOptions, filePush } from './shortcuts/file-push.ts'
export { type FileStat, fileStat } from './shortcuts/file-stat.ts'
export { imageGetFingerprint } from './shortcuts/fingerprint.ts'
export { imageAbsent, imageAliasPresent, imageGet } from './shortcuts/image.ts'
export { imageCopy } from './shortcuts/image-copy.ts'
export { imageExport } from './shortcuts/image-export.ts'
export type { ImageFiles, SplitImage } from './shortcuts/image-files.ts'
export type { ImageDetails, ImageOptions } from './shortcuts/image-options.ts'
export { imagePresent } from './shortcuts/image-present.ts'
export { type ImagePublishOptions, imagePublish } from './shortcuts/image-publish.ts'
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
} from './shortcuts/instance.ts'
export type { StatusOptions, TargetStatus } from './shortcuts/instance-action.ts'
export {
  type InstanceExportOptions,
  type InstanceImportOptions,
  instanceExport,
  instanceImport,
} from './shortcuts/instance-backup.ts'
export {
  instanceApplyStatus,
  instanceApplyStatus as containerApplyStatus,
  instanceFreeze,
  instanceRestart,
  instanceStart,
  instanceStop,
  instanceUnfreeze,
} from './shortcuts/instance-status.ts'
export {
  type InstanceFilter,
  type InstanceOutcome,
  type InstancesOptions,
  instancesState,
} from './shortcuts/instances-state.ts'
export type { LinuxSignal } from './shortcuts/linux-signal.ts'
export { instanceMove, type MoveOptions } from './shortcuts/move.ts'
export { absent, type Outcome, type PresentOptions, present } from './shortcuts/present.ts'
export { instanceRename } from './shortcuts/rename.ts'
export type { AnyPath, ApiRoot } from './shortcuts/resource.ts'
export { instanceRestore, instanceSnapshot, type SnapshotConfig } from './shortcuts/snapshot.ts'
export { symlinkPresent } from './shortcuts/symlink-present.ts'
export type {
  TransferOptions,
  TransferProgress,
  TransferSource,
  TransferTarget,
} from './shortcuts/transfer.ts'
export { isTrusted, type TrustOptions, trust } from './shortcuts/trust.ts'
export { update } from './shortcuts/update.ts'
export {
  type VolumeExportOptions,
  type VolumeImportOptions,
  volumeExport,
  volumeImport,
} from './shortcuts/volume-backup.ts'
export { type InstanceCondition, type WaitForOptions, waitFor } from './shortcuts/wait-for.ts'
