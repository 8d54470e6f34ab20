// What users import of the functions that take a path; those of the Python library are in ../shortcuts.ts.
export { type ExportOptions, exportTo } from './backups/export.ts'
export { type ImportOptions, importFrom } from './backups/import.ts'
export { type ConnectOptions, connect } from './connect/connect.ts'
export type { InstanceConnection } from './connect/connection.ts'
export { type ForwardOptions, forward } from './connect/forward.ts'
export type { PortForward } from './connect/port-forward.ts'
export { copy } from './copy/copy.ts'
export { move } from './copy/move.ts'
export type { CopyOptions, MoveOptions } from './copy/options.ts'
export { EventSubscription, type EventsOptions, events } from './events/events.ts'
export { type EventOf, EventStream, type GapEvent } from './events/stream.ts'
export { bridgeTerminal, type TerminalEnd } from './exec/bridge-terminal.ts'
export type { TerminalSocket } from './exec/browser-stream.ts'
export { attachConsole, type ConsoleOptions, InstanceConsole } from './exec/console.ts'
export { type ExecInput, type ExecOptions, type ExecOutput, exec } from './exec/exec.ts'
export type { LinuxSignal } from './exec/linux-signal.ts'
export type { CommandOptions, TerminalSize } from './exec/options.ts'
export { InstanceProcess, type StandardStreams } from './exec/process.ts'
export { asPty, Pty, type PtyExit } from './exec/pty.ts'
export { type SpawnOptions, spawn } from './exec/spawn.ts'
export { type FileDeleteOptions, fileDelete } from './files/delete.ts'
export type { CopiedTree, DirectoryOptions } from './files/directory-options.ts'
export {
  type DirectoryEqualOptions,
  type DirectoryPresentOptions,
  directoryPresent,
} from './files/directory-present.ts'
export { type DirectoryPullOptions, directoryPull } from './files/directory-pull.ts'
export { type DirectoryPushOptions, directoryPush } from './files/directory-push.ts'
export type { FileStat, FileType } from './files/file-stat.ts'
export type { FilesPath } from './files/files-path.ts'
export type { FilePermissions } from './files/headers.ts'
export { fileList } from './files/list.ts'
export { filePull } from './files/pull.ts'
export { type FilePushOptions, filePush } from './files/push.ts'
export { fileStat } from './files/stat.ts'
export { symlinkPresent } from './files/symlink-present.ts'
export { type ListImagesOptions, listImages } from './image-list/list-images.ts'
export type { ImageFilter, ListedImage } from './image-list/listed-image.ts'
export type { ImageFiles, SplitImage } from './images/files.ts'
export type { ImageDetails, ImageOptions } from './images/options.ts'
export { type PublishOptions, publish } from './images/publish.ts'
export {
  type InstanceFilter,
  type InstanceOutcome,
  type SetStatesOptions,
  setStates,
} from './instances/bulk.ts'
export type { CloudInitStatus } from './instances/cloud-init.ts'
export type { InstanceCondition } from './instances/conditions.ts'
export { type RestoreOptions, restore, type SnapshotOptions, snapshot } from './instances/snapshot.ts'
export { freeze, restart, start, stop, unfreeze } from './instances/status.ts'
export { waitFor } from './instances/wait-for.ts'
export { hasExtension } from './server/has-extension.ts'
export type { OpenFlags, RemoteFile } from './sftp/file.ts'
export { openFiles } from './sftp/open-files.ts'
export type { DirectoryEntry } from './sftp/operations.ts'
export type { FileSession, FileSystemStat, ReadRange, WriteOptions } from './sftp/session.ts'
export type { Protocol } from './sftp/transfer.ts'
export type { ItemOf } from './shared/item-of.ts'
export type {
  AnyPath,
  BucketPath,
  ImagePath,
  InstancePath,
  InstanceSnapshotPath,
  VolumePath,
  VolumeSnapshotPath,
} from './shared/item-path.ts'
export type { ChangeOptions, CommonOptions } from './shared/limits.ts'
export type { ApiRoot } from './shared/resource.ts'
export type { Desired, ImageName, Setting } from './state/desired.ts'
export type { Difference } from './state/difference.ts'
export { absent, type Outcome, type PresentOptions, present } from './state/present.ts'
export { rename } from './state/rename.ts'
export type { TargetStatus } from './state/status.ts'
export { update } from './state/update.ts'
export type {
  TransferOptions,
  TransferProgress,
  TransferSource,
  TransferTarget,
} from './transfer/options.ts'
export {
  type CreatedToken,
  createJoinToken,
  createTrustToken,
  type JoinTokenOptions,
  type TrustTokenOptions,
} from './trust/create-token.ts'
export { isTrusted, type TrustOptions, trust } from './trust/trust.ts'
export type { UsageOptions } from './usage/measure.ts'
export { metrics } from './usage/metrics.ts'
export type { Exemplar, MetricLabels, MetricSample, MetricType } from './usage/open-metrics.ts'
export type { DiskUsage, MemoryUsage, NetworkUsage, UsageSample } from './usage/sample.ts'
export { usage } from './usage/usage.ts'
export type {
  AddedItem,
  Change,
  ChangedItem,
  ItemChange,
  RemovedItem,
  RenamedItem,
  StaleList,
  SyncedList,
} from './watch/change.ts'
export type { LiveList } from './watch/live-list.ts'
export { WatchedList, type WatchOptions, watch } from './watch/watch.ts'
