// The life of a container on a private server, which this script starts, and removes at the end: npm run demo
import {
  API,
  APINotFoundException,
  absent,
  imageAliasPresent,
  imageGetFingerprint,
  imagePresent,
  type Outcome,
  present,
  start,
} from '../src/index.ts'
import { buildImage, installMissing, type Kind, missingReason, startDaemon } from '../test/daemon/index.ts'

const kinds: Kind[] = ['lxd', 'incus']
if (kinds.every(missingReason)) installMissing(['lxd'])
const daemon = await startDaemon(kinds.find(kind => missingReason(kind) === undefined) ?? 'lxd')
try {
  await demonstrate(daemon.socketPath)
} finally {
  await daemon.stop()
  say('\nThe server is stopped and its folder removed.')
}

async function demonstrate(socketPath: string): Promise<void> {
  await using server = API.factory({ socketPath })
  const api = server['1.0']
  const { metadata } = await api.get()
  say(`${metadata.environment.server} ${metadata.environment.server_version} at ${socketPath}`)

  const file = await buildImage()
  const image = await imageGetFingerprint(file)
  await twice('imagePresent', () => imagePresent(api, file))
  await twice('imageAliasPresent', () => imageAliasPresent(api, 'busybox', image))
  const web = { source: 'busybox', config: { 'user.note': 'a demo' } }
  await twice('present', () => present(api.instances.web, web))
  await twice('start', () => start(api.instances.web))

  say('\nA transaction as DEBUG=lxdapi prints it, and what comes of it:')
  await run(API.factory({ socketPath, debug: true })['1.0'], ['sh', '-c', 'exit 7'])

  say('\nA call that fails:')
  await api.instances.path('nope').get().catch(report)
  say('')
  await twice('absent', () => absent(api.instances.web))
}

async function twice(step: string, change: () => Promise<boolean | Outcome>): Promise<void> {
  const outcomes = [await change(), await change()].map(outcome => {
    const changed = typeof outcome === 'boolean' ? outcome : outcome.changed
    return changed ? 'changed' : 'nothing to do'
  })
  say(`${step.padEnd(30)} first: ${outcomes[0]}, again: ${outcomes[1]}`)
}

async function run(api: ReturnType<typeof API.factory>['1.0'], command: string[]): Promise<void> {
  const exec = await api.instances.path('web').exec.post({ command, 'wait-for-websocket': false })
  const { metadata } = await exec.wait()
  say(`${command.join(' ')}: exit status ${metadata.metadata.return}`)
}

function report(error: unknown): void {
  if (!(error instanceof APINotFoundException)) throw error
  say(`${error.name}: ${error.message}`)
}

function say(text: string): void {
  console.log(text)
}
