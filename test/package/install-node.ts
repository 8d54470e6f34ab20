import { join } from 'node:path'
import { installPackage } from './install-package.ts'

/** The supported versions of Node.js. */
export const NODE_VERSIONS = ['20', '22', '24', '26'] as const

/** The path of the newest `node` of a major version, fetched from npm the first time it is asked for. */
export function installNode(version: string): string {
  return join(installPackage(`node-${process.platform}-${process.arch}`, version), 'bin/node')
}
