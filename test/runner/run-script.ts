import { execFile } from 'node:child_process'

/** The exit code and the output of a script. */
export interface Run {
  readonly code: number | string | undefined
  readonly stdout: string
  readonly stderr: string
}

const PRELUDE = `import { API } from './src/index.ts'
const api = API.factory({ baseUrl: process.env.BASE_URL })['1.0']
`

/** Runs a script with an `api` of the server at `baseUrl`, in a separate process that must exit by itself within 30 s. */
export function runScript(script: string, baseUrl: string, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', PRELUDE + script]
  const options = {
    cwd: new URL('../..', import.meta.url),
    env: { PATH: process.env.PATH, BASE_URL: baseUrl, DEBUG_HIDE_DATE: '1', ...env },
    timeout: 30_000,
  }
  return new Promise(resolve => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // After the timeout it has a signal instead of a code.
      resolve({ code: error === null ? 0 : (error.signal ?? error.code ?? undefined), stdout, stderr })
    })
  })
}
