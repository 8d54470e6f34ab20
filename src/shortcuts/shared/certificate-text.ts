import { X509Certificate } from 'node:crypto'

/** The base64 of a certificate in PEM or already in base64. */
export function bareCertificate(certificate: unknown): string {
  return String(certificate).replace(/-----[^-]+-----|\s/g, '')
}

/** Rejects a certificate whose fingerprint is not the name it is looked up by. */
export function checkCertificateFingerprint(certificate: unknown, name: string): void {
  const fingerprint = certificateFingerprint(bareCertificate(certificate))
  if (fingerprint === name.toLowerCase()) return
  throw new TypeError(`The fingerprint of the certificate is ${fingerprint}, not ${name}`)
}

function certificateFingerprint(base64: string): string {
  return new X509Certificate(Buffer.from(base64, 'base64')).fingerprint256.replaceAll(':', '').toLowerCase()
}
