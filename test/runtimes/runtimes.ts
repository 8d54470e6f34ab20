import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installNode, NODE_VERSIONS } from '../package/install-node.ts'
import { installPackage } from '../package/install-package.ts'

/** A program that runs JavaScript. */
export interface Runtime {
  /** Such as `Node 24.1.0`. */
  readonly label: string
  readonly program: string
  /** The arguments before the script. */
  readonly args: readonly string[]
}

/** Fetches, from npm, the newest of each runtime that the README names; `names` are such as `node@20`, `bun`, `deno`. */
export function fetchRuntimes(names: readonly string[]): Runtime[] {
  const all = {
    ...Object.fromEntries(NODE_VERSIONS.map(version => [`node@${version}`, () => fetchNode(version)])),
    bun,
    deno,
  }
  const unknown = names.filter(name => !(name in all))
  if (unknown.length > 0)
    throw new Error(`No such runtime: ${unknown}. There are ${Object.keys(all).join(', ')}`)
  return Object.entries(all)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([, fetch]) => fetch())
}

function fetchNode(version: string): Runtime {
  return describe('Node', installNode(version), [])
}

function bun(): Runtime {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
  const folder = installPackage(`@oven/bun-${process.platform}-${arch}`, 'latest')
  return describe('Bun', join(folder, 'bin/bun'), ['run'])
}

function deno(): Runtime {
  const folder = installPackage(`@deno/${process.platform}-${process.arch}-glibc`, 'latest')
  return describe('Deno', join(folder, 'deno'), ['run', '--allow-all', '--quiet'])
}

function describe(name: string, program: string, args: readonly string[]): Runtime {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return { label: `${name} ${/\d+\.\d+\.\d+/.exec(stdout)?.[0]}`, program, args }
}
