import { createRequire } from 'node:module'
import { installPackage } from '../test/package/install-package.ts'

// The little of it that is used here.
type ModemClass = new (
  options: object,
) => {
  dial(options: object, callback: (error: unknown, data: unknown) => void): void
}

/** How docker-modem reads a path of a server; `undefined` where it can't be fetched from the registry. */
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
    // True: that is what docker-modem exports.
    return createRequire(import.meta.url)(installPackage('docker-modem', '5')) as ModemClass
  } catch (error) {
    console.log(`\n  without docker-modem, which could not be fetched: ${String(error)}`)
    return undefined
  }
}
