import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createTempFolder } from '../daemon/clean-up.ts'

/** An environment without anything of the machine that the tests run on. */
export const NOWHERE: NodeJS.ProcessEnv = {
  HOME: '/nonexistent',
  LXD_GLOBAL_CONF: '/nonexistent',
  INCUS_GLOBAL_CONF: '/nonexistent',
  LXD_SOCKET: '/nonexistent/unix.socket',
}

/** Writes the configuration of `lxc` or `incus`; returns its folder. */
export function configure(config: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = createTempFolder()
  writeFileSync(join(folder, 'config.yml'), config)
  mkdirSync(join(folder, 'servercerts'))
  for (const [name, source] of Object.entries(files)) cpSync(source, join(folder, name))
  return folder
}

/** Adds variables to the environment of this process until the test ends. */
export function useEnvironment(t: TestContext, environment: NodeJS.ProcessEnv): void {
  const before = Object.keys(environment).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, environment)
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
}
