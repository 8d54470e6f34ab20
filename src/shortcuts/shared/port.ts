import { checkInteger } from './integers.ts'

const MAX_PORT = 2 ** 16 - 1

/**
 * Rejects what is no TCP port.
 *
 * @throws {TypeError} it is not an integer from 1 to 65535
 */
export function checkPort(name: string, port: number): void {
  if (port === 0) throw new TypeError(`${name} must be an integer from 1 to ${MAX_PORT}, not 0`)
  checkLocalPort(name, port)
}

/**
 * Rejects what is no port to listen on; 0 stands for any free one.
 *
 * @throws {TypeError} it is not an integer from 0 to 65535
 */
export function checkLocalPort(name: string, port: number): void {
  checkInteger(name, port, MAX_PORT)
}

/** A port as the kernel prints it in its tables of sockets. */
export function portInHex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
