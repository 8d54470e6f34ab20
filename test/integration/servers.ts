import { createReadStream } from 'node:fs'
import { API } from '../../src/index.ts'
import { buildImage, type Daemon, type ServerUnderTest, serversUnderTest } from '../daemon/index.ts'
import { after, before, describe } from './node-test.ts'

/** A running server, and the API of it. */
export interface Running {
  readonly daemon: Daemon
  readonly api: ReturnType<typeof API.factory>
  /** The fingerprint of a busybox image that it has. */
  readonly image: string
}

/** Declares the tests once for each server; `running()` is that server, within a test. */
export function describeOnServers(
  title: string,
  declare: (running: () => Running, server: ServerUnderTest) => void,
  servers: readonly ServerUnderTest[] = serversOnTransports(),
): void {
  for (const server of servers) {
    describe(`${title}, on ${server.label}`, { skip: server.missing }, () => {
      let running: Running | undefined
      before(async () => {
        running = await startServer(server)
      })
      after(async () => {
        await running?.api.close()
        await running?.daemon.stop()
      })
      declare(() => running as Running, server) // True: before() has run by the time a test calls it.
    })
  }
}

/** Starts a server of its own for a test that does it harm. */
export async function startServer(server: ServerUnderTest): Promise<Running> {
  const daemon = await server.start()
  const api = API.factory(daemon.connection)
  return { daemon, api, image: await uploadImage(api) }
}

async function uploadImage(api: Running['api']): Promise<string> {
  const file = createReadStream(await buildImage())
  const headers = { 'content-type': 'application/octet-stream' }
  const { metadata } = await api['1.0'].images.post(file, { headers }).wait()
  return metadata.metadata.fingerprint
}

/**
 * The servers, each over another transport, so that all of either is tested; with `--every-transport`, which takes twice as
 * long, each over both.
 */
function serversOnTransports(): readonly ServerUnderTest[] {
  const all = serversUnderTest()
  if (process.env['LXDAPI_TEST_EVERY_TRANSPORT'] === 'true') return all
  return all.filter(({ kind, label }) => label.endsWith(kind === 'lxd' ? 'over HTTPS' : 'over the socket'))
}

/** The servers, each over its socket only: for tests that the way there makes no difference to. */
export function serversOverSocket(): ServerUnderTest[] {
  return serversUnderTest().filter(({ label }) => label.endsWith('over the socket'))
}
