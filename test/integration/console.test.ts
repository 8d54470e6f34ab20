import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { type Duplex, PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { APIException, attachConsole, exec } from '../../src/index.ts'
import { buildImage } from '../daemon/index.ts'
import { openBrowser } from './browser.ts'
import { startContainer } from './live-container.ts'
import { it } from './node-test.ts'
import { describeOnServers, type Running } from './servers.ts'

// A container with a shell on its console.
async function startWithShell({ api }: Running, name: string): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' }
  const file = createReadStream(buildImage({ inittab: 'console::respawn:/bin/sh' }))
  const fingerprint = await api['1.0']
    .path('images')
    .post(file, { headers })
    .wait()
    .then(({ metadata }) => metadata.metadata.fingerprint)
  await startContainer(api, name, fingerprint)
}

describeOnServers('the console', running => {
  it('shows what appears, takes what is typed, can be resized, detached from and attached to again', async () => {
    const { api } = running()
    await startWithShell(running(), 'c1')
    const first = await attachConsole(api['1.0'].instances.c1, { size: { columns: 100, rows: 30 } })
    await ask(first.stream, 'echo $((6*7)) typed', '42 typed')
    // How large it is, the servers keep from the container.
    assert.equal(first.resize({ columns: 132, rows: 50 }), true)
    await ask(first.stream, 'echo $((6*8)) typed', '48 typed')
    first.detach()
    assert.equal(first.resize({ columns: 80, rows: 24 }), false)
    const second = await attach(api)
    await ask(second.stream, 'echo $((6*9)) typed', '54 typed')
    second.detach()
    assert.equal((await exec(api['1.0'].instances.c1, ['echo', 'still there'])).stdout, 'still there\n')
  })

  it('is shown in a browser, whose end detaches from it', async () => {
    const { api } = running()
    const { client, shows, ended } = await openBrowser(() => attach(api))
    // The shell may drop what is typed before it is ready, see ask().
    const typing = setInterval(() => client.send('echo $((6*10)) typed\r'), 500)
    await shows(lines => lines.includes('60 typed'))
    clearInterval(typing)
    client.close()
    assert.deepEqual((await ended)[0], { exitCode: undefined })
    const next = await attach(api)
    await ask(next.stream, 'echo $((6*11)) typed', '66 typed')
    next.detach()
  })

  it('has a log', async () => {
    const log = await running().api['1.0'].path('instances', 'c1', 'console').get()
    assert.match(await log.text(), /42 typed/)
  })

  it('has an empty log while nothing was printed, which LXD has none of', async () => {
    const { api, image, daemon } = running()
    await startContainer(api, 'silent', image)
    const reading = api['1.0'].path('instances', 'silent', 'console').get()
    if (daemon.kind === 'lxd') await assert.rejects(reading, /no such file/)
    else assert.equal(await (await reading).text(), '')
  })

  it('is detached by a signal and ends nothing else, though nobody listens for errors', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const { stream } = await attach(running().api, controller.signal)
    stream.pipe(new PassThrough()).resume()
    controller.abort(reason)
    await finished(stream).catch((error: unknown) => assert.equal(error, reason))
    assert.equal(stream.errored, reason)
  })

  it('ends when the instance stops, and is detached by a signal', async () => {
    const { api } = running()
    const controller = new AbortController()
    const reason = new Error('enough')
    const aborted = await attach(api, controller.signal)
    const reading = readAll(aborted.stream)
    controller.abort(reason)
    await assert.rejects(reading, reason)
    const { stream } = await attach(api)
    const ended = readAll(stream)
    await api['1.0'].path('instances', 'c1', 'state').put({ action: 'stop', force: true }).wait()
    await ended.catch((error: unknown) => assert.ok(error instanceof APIException))
    await assert.rejects(attachConsole(api['1.0'].instances.c1), /not running/)
  })

  // A server takes a moment to notice that the one before has left.
  async function attach(api: Running['api'], signal?: AbortSignal): ReturnType<typeof attachConsole> {
    for (let tries = 1; ; tries++) {
      try {
        return await attachConsole(api['1.0'].instances.c1, { signal })
      } catch (error) {
        if (tries === 50 || !(error instanceof APIException)) throw error
        await delay(50)
      }
    }
  }
})

// A shell that is just starting does not see what is typed before.
async function ask(stream: Duplex, line: string, answer: string): Promise<void> {
  let shown = ''
  const look = (chunk: Buffer): void => {
    shown += chunk
  }
  stream.on('data', look)
  for (let tries = 0; !shown.includes(answer); tries++) {
    assert.ok(tries < 100, `no ${answer} in ${shown}`)
    if (tries % 10 === 0) stream.write(`${line}\n`)
    await delay(50)
  }
  stream.off('data', look)
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
