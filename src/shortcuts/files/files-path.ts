import type { InstancePath, VolumePath } from '../shared/item-path.ts'

/** The path of an instance or of a custom storage volume. */
export type FilesPath = InstancePath | VolumePath
