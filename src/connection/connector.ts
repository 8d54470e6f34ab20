import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { receiveInto } from './memory/receive-buffers.ts'
import { reclaimSent } from './memory/send-buffers.ts'
import type { ClientIdentity } from './tls/client-certificate.ts'
import { fingerprintOf, type ServerCheck } from './tls/server-identity.ts'

/** What opens a connection for undici; the socket is handed out once it may be used. */
export type Connector = buildConnector.connector

/** Whom a client takes for whom: itself and the server. */
export interface TlsSettings extends ClientIdentity {
  readonly server: ServerCheck
}

/** A server showed another certificate than the one that is pinned; it has been sent nothing. */
export class CertificateMismatchError extends Error {
  readonly code = 'ERR_CERTIFICATE_MISMATCH'
  /** The SHA-256 of what the server showed; `undefined` where it showed nothing. */
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
  return reusing({ socketPath })
}

/** Connects over TCP without TLS. */
export function connectTcp(): Connector {
  return reusing({})
}

/** Connects over TLS to a server that passes the check. */
export function connectTls(settings: TlsSettings): Connector {
  return checked(reusing(tlsOptions(settings)), settings.server)
}

// As undici does it, but in memory that is used again; each socket has its own, and so a connector of its own.
function reusing(options: buildConnector.BuildOptions): Connector {
  return (target, callback) => {
    let socket: Socket
    const onread = receiveInto(() => socket)
    buildConnector({ ...options, onread })(target, (error, connected) => {
      if (error) return callback(error, null)
      // Before anything has been received: a server is silent until it is asked.
      socket = connected
      reclaimSent(socket)
      callback(null, socket)
    })
  }
}

/** What node:tls needs to know; a pin is not checked by it but by {@link checked}. */
export function tlsOptions({ client, server }: TlsSettings): buildConnector.BuildOptions {
  return {
    cert: client?.cert.text,
    key: client?.key.text,
    ca: server.kind === 'authorities' ? server.ca?.text : undefined,
    // Always said, or else NODE_TLS_REJECT_UNAUTHORIZED=0 would decide.
    rejectUnauthorized: server.kind === 'authorities',
    // In a resumed session a server shows no certificate that could be compared.
    maxCachedSessions: 0,
  }
}

/** Lets only sockets through whose server shows the pinned certificate. */
export function checked(connect: Connector, server: ServerCheck): Connector {
  if (server.kind !== 'pin') return connect
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      // True: what pins a certificate connects over TLS.
      const shown = (socket as TLSSocket).getPeerX509Certificate()
      const fingerprint = shown && fingerprintOf(shown)
      if (fingerprint === server.fingerprint) return callback(null, socket)
      socket.destroy()
      callback(new CertificateMismatchError(fingerprint, server.fingerprint), null)
    })
  }
}
