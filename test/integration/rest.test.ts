import assert from 'node:assert/strict'
import { buildModel } from '../../generate/build-model.ts'
import { checkValue } from '../../generate/check-value.ts'
import { listFacts, readFacts } from '../../generate/facts.ts'
import { missingReason } from '../daemon/index.ts'
import { checkAnswers } from './check-answers.ts'
import { furnish } from './furnish.ts'
import { it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

const facts = readFacts(listFacts())

// What a fresh server has of its own, and what furnish() gives it.
const URLS = [
  '/1.0',
  '/1.0/certificates/{}',
  '/1.0/cluster',
  '/1.0/images/{}',
  '/1.0/images/aliases/{}',
  '/1.0/instances/{}',
  '/1.0/instances/{}/backups/{}',
  '/1.0/instances/{}/logs',
  '/1.0/instances/{}/metadata',
  '/1.0/instances/{}/snapshots/{}',
  '/1.0/instances/{}/state',
  '/1.0/network-acls/{}',
  '/1.0/networks/{}',
  '/1.0/networks/{}/leases',
  '/1.0/networks/{}/state',
  '/1.0/operations',
  '/1.0/operations/{}',
  '/1.0/profiles/{}',
  '/1.0/projects/{}',
  '/1.0/projects/{}/state',
  '/1.0/resources',
  '/1.0/storage-pools/{}',
  '/1.0/storage-pools/{}/resources',
  '/1.0/storage-pools/{}/volumes/{}/{}',
  '/1.0/storage-pools/{}/volumes/{}/{}/backups/{}',
  '/1.0/storage-pools/{}/volumes/{}/{}/snapshots/{}',
  '/1.0/warnings/{}',
]

describeOnServers(
  'The REST types',
  running => {
    const model = buildModel(facts)

    it('describe every field of every answer, and promise none that is missing', {
      skip: missingReason('network'),
    }, async t => {
      await furnish(running())
      const { answers, urls, complaints, refusals } = await checkAnswers(running().api, model)
      t.diagnostic(`${answers} answers of ${urls.size} URLs; refused: ${refusals.join('; ') || 'none'}`)
      assert.deepEqual(complaints, [])
      for (const url of URLS) assert.ok(urls.has(url), `${url} was not among the answers`)
    })

    it('describe what operations tell of themselves', async () => {
      const { daemon, api, image } = running()
      const { certificates, images, instances } = api['1.0']
      await daemon.listenHttps()
      await instances.post({ name: 'worker', source: { type: 'image', fingerprint: image } }).wait()
      await instances.worker.state.put({ action: 'start' }).wait()
      const command = ['true']
      const told: [string, unknown][] = [
        ['ExecStarted', await started(instances.worker.exec.post({ command, 'wait-for-websocket': true }))],
        ['ConsoleStarted', await started(instances.worker.console.post({ width: 80, height: 24 }))],
        ['ImageSecret', await started(images[image].secret.post())],
        ['JoinToken', await started(certificates.post({ type: 'client', name: 'guest', token: true }))],
        ['ExecFinished', await finished(instances.worker.exec.post({ command, 'record-output': true }))],
      ]
      const complaints = told.flatMap(([name, metadata]) =>
        checkValue(metadata, { kind: 'ref', name }, model),
      )
      assert.deepEqual(complaints, [])
    })
  },
  serversOverSocket(),
)

interface OperationResult {
  readonly metadata: { readonly metadata?: unknown } | null
}

async function started(promise: Promise<OperationResult>): Promise<unknown> {
  return (await promise).metadata?.metadata
}

function finished(
  promise: Promise<OperationResult> & { wait(): Promise<OperationResult> },
): Promise<unknown> {
  return started(promise.wait())
}
