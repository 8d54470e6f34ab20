import { createRequire } from 'node:module'
import { installPackage } from '../test/package/install-package.ts'

// The part of its API that is used here.
type ModemClass = new (
  options: object,
) => {
  dial(options: object, callback: (error: unknown, data: unknown) => void): void
}

/** Returns a function that reads a path by docker-modem; `undefined` if it can't be installed. */
export function loadDockerModem(socketPath: string): ((path: string) => Promise<unknown>) | undefined {
  const Modem = requireModem()
  if (Modem === undefined) return undefined
  const modem = new Modem({ socketPath })
  const statusCodes = { 200: true }
  return path =>
    new Promise((resolve, reject) => {
      modem.dial({ path, method: 'GET', statusCodes }, (error, data) =>
        error ? reject(error) : resolve(data),
      )
    })
}

function requireModem(): ModemClass | undefined {
  try {
    // Safe cast: docker-modem exports this class.
    return createRequire(import.meta.url)(installPackage('docker-modem', '5')) as ModemClass
  } catch (error) {
    console.log(`\n  without docker-modem, which could not be fetched: ${String(error)}`)
    return undefined
  }
}
