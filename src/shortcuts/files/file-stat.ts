/** What a file can be. */
export type FileType = 'file' | 'directory' | 'symlink' | 'pipe' | 'socket' | 'device'

/** What the servers report of a file in an instance. */
export interface FileStat {
  /** By HTTP, `file` also for pipes, sockets and devices. */
  readonly type: FileType
  /** The permission bits; by SFTP also setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** In whole seconds. */
  readonly modified: Date
  /** In bytes, for a file. */
  readonly size?: number
}
