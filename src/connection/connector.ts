import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { buildConnector as Undici } from 'undici'
import { buildConnector } from '#undici'
import { createOnRead } from './receive-buffers.ts'
import { releaseOnceSent } from './send-buffers.ts'
import type { ClientIdentity } from './tls/client-certificate.ts'
import { fingerprintOf, type ServerCheck } from './tls/server-identity.ts'

/** Opens a connection for undici; calls back once the socket is connected and the server checked. */
export type Connector = Undici.connector

/** The client's credentials, and how the server's identity is checked. */
export interface TlsSettings extends ClientIdentity {
  readonly server: ServerCheck
}

/** The server's certificate is not the pinned one; nothing has been sent. */
export class CertificateMismatchError extends Error {
  readonly code = 'ERR_CERTIFICATE_MISMATCH'
  /** The SHA-256 of the server's certificate; `undefined` if it presented none. */
  readonly fingerprint: string | undefined

  constructor(fingerprint: string | undefined, pinned: string) {
    super(
      `The server's certificate is not the pinned one: it has the fingerprint ${fingerprint ?? '(none)'}, pinned is ${pinned}`,
    )
    this.fingerprint = fingerprint
  }

  override get name(): string {
    return 'CertificateMismatchError'
  }
}

/** Connects to a unix socket. */
export function connectUnix(socketPath: string): Connector {
  return withBuffers({ socketPath })
}

/** Connects over TCP without TLS. */
export function connectTcp(): Connector {
  return withBuffers({})
}

/** Connects over TLS to a server whose identity is checked. */
export function connectTls(settings: TlsSettings): Connector {
  return withPinCheck(withBuffers(tlsOptions(settings)), settings.server)
}

// `onread` belongs to one socket, so each needs a connector of its own.
function withBuffers(options: Undici.BuildOptions): Connector {
  return (target, callback) => {
    let socket: Socket
    const onread = createOnRead(() => socket)
    buildConnector({ ...options, onread })(target, (error, connected) => {
      if (error) return callback(error, null)
      // Nothing has been received yet: a server sends nothing before a request.
      socket = connected
      releaseOnceSent(socket)
      callback(null, socket)
    })
  }
}

/** The options for node:tls, which does not check a pin: {@link withPinCheck} does. */
export function tlsOptions({ client, server }: TlsSettings): Undici.BuildOptions {
  return {
    cert: client?.cert.text,
    key: client?.key.text,
    ca: server.kind === 'authorities' ? server.ca?.text : undefined,
    // Always set, or else NODE_TLS_REJECT_UNAUTHORIZED=0 would apply.
    rejectUnauthorized: server.kind === 'authorities',
    // In a resumed session a server presents no certificate to compare.
    maxCachedSessions: 0,
  }
}

/** Fails connections to servers that do not present the pinned certificate. */
export function withPinCheck(connect: Connector, server: ServerCheck): Connector {
  if (server.kind !== 'pin') return connect
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      // Safe cast: a certificate is only pinned for TLS.
      const shown = (socket as TLSSocket).getPeerX509Certificate()
      const fingerprint = shown && fingerprintOf(shown)
      if (fingerprint === server.fingerprint) return callback(null, socket)
      socket.destroy()
      callback(new CertificateMismatchError(fingerprint, server.fingerprint), null)
    })
  }
}
