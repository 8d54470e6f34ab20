import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Daemon } from '../test/daemon/index.ts'

/**
 * Returns the prefix by which the server's own program names what is on a server, so that it takes the same way as
 * `daemon.connection`: none over the socket, `bench:` over HTTPS, which is a remote in the program's configuration.
 */
export function programRemote({ dir, kind, connection }: Daemon): string {
  const { baseUrl, serverCert = '', cert = '', key = '' } = connection
  if (baseUrl === undefined) return ''
  const folder = join(dir, 'client')
  mkdirSync(join(folder, 'servercerts'), { recursive: true })
  writeFileSync(join(folder, 'client.crt'), cert)
  writeFileSync(join(folder, 'client.key'), key, { mode: 0o600 })
  writeFileSync(join(folder, 'servercerts/bench.crt'), serverCert)
  const bench = { addr: baseUrl, auth_type: 'tls', protocol: kind }
  writeFileSync(join(folder, 'config.yml'), JSON.stringify({ remotes: { bench } }))
  return 'bench:'
}
