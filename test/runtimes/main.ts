import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { printTable } from '../../bench/print-table.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import {
  buildImage,
  connectOverHttps,
  type Daemon,
  makeCertificate,
  type ServerUnderTest,
  serversUnderTest,
} from '../daemon/index.ts'
import type { Jobs, Step } from './jobs.ts'
import { fetchRuntimes, type Runtime } from './runtimes.ts'

// Runs the main jobs with the packed package on each runtime, or on given ones, against each server that is installed, and
// prints a table: `npm run test:runtimes bun node@26`.

const TIMEOUT_MS = 180_000

interface Server {
  readonly label: string
  readonly daemon: Daemon
  readonly jobs: Omit<Jobs, 'folder'>
}

const runtimes = fetchRuntimes(process.argv.slice(2))
const project = installPacked()
const servers = await Promise.all(
  serversUnderTest()
    .filter(({ label, missing }) => label.endsWith('over the socket') && missing === undefined)
    .map(startServer),
)
if (servers.length === 0) throw new Error('Neither LXD nor Incus is installed: npm test installs them')
const failures: string[] = []
try {
  printTable(
    'The main jobs',
    ['', ...servers.map(({ label }) => label)],
    runtimes.map(runtime => [runtime.label, ...servers.map(server => runJobs(runtime, server))]),
  )
} finally {
  await Promise.all(servers.map(({ daemon }) => daemon.stop()))
}
for (const failure of failures) console.error(failure)
process.exitCode = failures.length === 0 ? 0 : 1

/** Runs the script; returns how many of its steps passed, and how long it took. */
function runJobs({ label, program, args }: Runtime, server: Server): string {
  const folder = mkdtempSync(join(project, 'run-'))
  const jobs: Jobs = { ...server.jobs, folder }
  const start = performance.now()
  const { stdout, stderr, status, signal } = spawnSync(program, [...args, join(project, 'jobs.mjs')], {
    cwd: project,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { PATH: process.env['PATH'], HOME: folder, JOBS: JSON.stringify(jobs) },
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  // Safe cast: the script prints nothing else.
  const steps = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Step)
  const failed = steps.filter(({ error }) => error !== undefined)
  const where = `${label}, ${server.label}`
  failures.push(...failed.map(({ name, error }) => `FAILED: ${where}: ${name}: ${error}`))
  if (status !== 0 || steps.length === 0)
    failures.push(`FAILED: ${where}: ended with ${signal ?? status}\n${stderr}`)
  const isPass = failed.length === 0 && status === 0
  return `${isPass ? 'ok' : 'FAILED'}, ${steps.length - failed.length} of ${steps.length} (${seconds} s)`
}

async function startServer(server: ServerUnderTest): Promise<Server> {
  const daemon = await server.start()
  await connectOverHttps(daemon)
  const { serverCertPath, baseUrl } = await daemon.listenHttps()
  const client = makeCertificate({ name: 'runtimes' })
  await daemon.trust(client.cert, { name: 'runtimes' })
  const { metadata } = (await daemon.request('POST', '/1.0/images', readFileSync(buildImage()))) as {
    metadata: { fingerprint: string }
  }
  const jobs = {
    socketPath: daemon.socketPath,
    baseUrl,
    serverCert: serverCertPath,
    otherCert: makeCertificate({ name: 'other' }).certPath,
    cert: client.certPath,
    key: client.keyPath,
    image: metadata.fingerprint,
  }
  return { label: server.label.replace(' over the socket', ''), daemon, jobs }
}

/** Makes a project in which the package is installed as users have it; returns its folder. */
function installPacked(): string {
  const folder = createTempFolder()
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const options = ['--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', ...options, join(folder, String(tarball))], {
    cwd: folder,
    stdio: 'inherit',
  })
  const source = readFileSync(new URL('jobs.ts', import.meta.url), 'utf8')
  const { code } = transformSync(source.replace('../../src/index.ts', 'lxdapi'), {
    loader: 'ts',
    target: 'node20',
  })
  writeFileSync(join(folder, 'jobs.mjs'), code)
  return folder
}
