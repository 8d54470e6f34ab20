/**
 * Definitions that the facts lack: the metadata of operations.
 * Fields are types in Go's notation; optional ones end in `?`.
 */
export const additions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ConsoleStarted: { fds: 'map[string]string' },
  ExecFinished: { 'output?': 'map[string]string', return: 'int' },
  ExecStarted: {
    'command?': '[]string',
    'environment?': 'map[string]string',
    fds: 'map[string]string',
    'interactive?': 'bool',
  },
  ImageCreated: { fingerprint: 'string', 'size?': 'any' },
  ImageSecret: { secret: 'string' },
  ImageRefreshed: { refreshed: 'bool' },
  JoinToken: {
    addresses: '[]string',
    'expiresAt?': 'any',
    fingerprint: 'string',
    'request?': 'any',
    secret: 'string',
    'serverName?': 'string',
  },
  MigrationSecrets: { control: 'string', 'criu?': 'string', 'filesystem?': 'string', 'fs?': 'string' },
}
