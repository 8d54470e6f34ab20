import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTransports } from '../../src/connection/transport.ts'
import type { FactoryOptions } from '../../src/index.ts'
import { formatTlsOptions } from '../../src/trace/curl-tls-options.ts'
import { makeCertificate } from '../daemon/certificate.ts'

const baseUrl = 'https://10.0.0.5:8443'
const { cert, key, certPath, keyPath } = makeCertificate()

function curlFor(options: FactoryOptions): string {
  const [transport] = createTransports({ baseUrl, ...options }, { HOME: '/nonexistent' })
  assert.ok(transport?.tls)
  return formatTlsOptions(transport.tls).join(' ')
}

describe('curl is told', () => {
  const cases: readonly [string, FactoryOptions, RegExp][] = [
    ['nothing where the system’s authorities decide', {}, /^$/],
    [
      'the files of the client’s certificate',
      { cert: certPath, key: keyPath },
      /^--cert \/\S+\.crt --key \/\S+\.key$/,
    ],
    [
      'names for what was not given as a file',
      { cert, key, ca: cert },
      /^--cert client.crt --key client.key --cacert ca.crt$/,
    ],
    ['the file of the authorities', { ca: certPath }, /^--cacert \/\S+\.crt$/],
    ['the key of a pinned server', { serverCert: cert }, /^--insecure --pinnedpubkey sha256\/\/[\w+/]{43}=$/],
    [
      'a name for the certificate of which only the fingerprint is known',
      { fingerprint: 'ab'.repeat(32) },
      /^--cacert server.crt$/,
    ],
    ['not to look', { insecure: true }, /^--insecure$/],
  ]
  for (const [title, options, expected] of cases) {
    test(title, () => assert.match(curlFor(options), expected))
  }
})
