import { createHash, type X509Certificate } from 'node:crypto'
import type { TlsSettings } from '../connection/connector.ts'
import type { ClientCertificate } from '../connection/tls/client-certificate.ts'
import type { ServerCheck } from '../connection/tls/server-identity.ts'

/** What curl is told for the same TLS settings; what was not given as a file is called `client.crt`, `server.crt` and so on. */
export function formatCurlTls({ client, server }: TlsSettings): readonly string[] {
  return [...(client === undefined ? [] : formatClient(client)), ...formatServer(server)]
}

function formatClient({ cert, key }: ClientCertificate): readonly string[] {
  return ['--cert', cert.path ?? 'client.crt', '--key', key.path ?? 'client.key']
}

function formatServer(server: ServerCheck): readonly string[] {
  if (server.kind === 'none') return ['--insecure']
  if (server.kind === 'authorities') return server.ca ? ['--cacert', server.ca.path ?? 'ca.crt'] : []
  if (server.certificate === undefined) return ['--cacert', 'server.crt']
  // With --insecure curl still refuses a server of another key: like a pin it cares for neither names nor dates.
  return ['--insecure', '--pinnedpubkey', `sha256//${hashKey(server.certificate)}`]
}

function hashKey({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}
