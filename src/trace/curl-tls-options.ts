import { createHash, type X509Certificate } from 'node:crypto'
import type { TlsSettings } from '../connection/connector.ts'
import type { ClientCertificate } from '../connection/tls/client-certificate.ts'
import type { ServerCheck } from '../connection/tls/server-identity.ts'

/** Formats TLS settings as options of curl; PEM text without a file becomes a placeholder such as `client.crt`. */
export function formatTlsOptions({ client, server }: TlsSettings): readonly string[] {
  return [...(client === undefined ? [] : formatClient(client)), ...formatServer(server)]
}

function formatClient({ cert, key }: ClientCertificate): readonly string[] {
  return ['--cert', cert.path ?? 'client.crt', '--key', key.path ?? 'client.key']
}

function formatServer(server: ServerCheck): readonly string[] {
  if (server.kind === 'none') return ['--insecure']
  if (server.kind === 'authorities') return server.ca ? ['--cacert', server.ca.path ?? 'ca.crt'] : []
  if (server.certificate === undefined) return ['--cacert', 'server.crt']
  // Even with --insecure curl rejects another key. Like our pin, this ignores host names and dates.
  return ['--insecure', '--pinnedpubkey', `sha256//${hashKey(server.certificate)}`]
}

function hashKey({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}
