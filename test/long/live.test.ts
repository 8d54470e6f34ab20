import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { exec, spawn } from '../../src/index.ts'
import { startContainer } from '../integration/live-container.ts'
import { before, it } from '../integration/node-test.ts'
import { checkOrder } from '../integration/operations-in-order.ts'
import { describeOnServers } from '../integration/servers.ts'

const MIB = 1024 * 1024

describeOnServers('much over websockets', running => {
  before(async () => {
    await startContainer(running().api, 'c1', running().image)
    await exec(running().api['1.0'].instances.c1, ['dd', 'if=/dev/urandom', 'of=/noise', 'bs=1M', 'count=64'])
  })

  it('tells of 1,000 operations once each, in their order', () => checkOrder(running(), 250))

  it('loses no byte of 1 GiB of output', async () => {
    const { api } = running()
    const noise = 'i=0; while [ $i -lt 16 ]; do cat /noise; echo $i; i=$((i+1)); done'
    const expected = await exec(api['1.0'].instances.c1, ['sh', '-c', `(${noise}) | sha256sum`])
    const child = await spawn(api['1.0'].instances.c1, ['sh', '-c', noise])
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of child.stdout) {
      hash.update(chunk)
      bytes += chunk.length
    }
    assert.ok(bytes > 1024 * MIB)
    assert.equal(`${hash.digest('hex')}  -\n`, expected.stdout)
    assert.equal(await child.exited, 0)
  })

  it('loses no byte of 256 MiB of input', async () => {
    const { api } = running()
    const noise = await exec(api['1.0'].instances.c1, ['cat', '/noise'], { encoding: 'buffer' })
    assert.equal(noise.stdout.length, 64 * MIB)
    const hash = createHash('sha256')
    const pieces = async function* (): AsyncGenerator<Buffer> {
      for (let times = 0; times < 4; times++) {
        hash.update(noise.stdout)
        yield noise.stdout
      }
    }
    const { stdout } = await exec(api['1.0'].instances.c1, ['sha256sum'], { input: pieces() })
    assert.equal(stdout, `${hash.digest('hex')}  -\n`)
  })

  it('makes the server wait for a reader of 20 MB/s, and this process grow by less than 64 MiB', async () => {
    const child = await spawn(running().api['1.0'].instances.c1, ['dd', 'if=/dev/zero', 'bs=1M', 'count=256'])
    child.stderr.resume()
    const begin = process.memoryUsage.rss()
    const start = performance.now()
    let [bytes, most] = [0, 0]
    for await (const chunk of child.stdout) {
      bytes += chunk.length
      most = Math.max(most, process.memoryUsage.rss() - begin)
      const early = bytes / 20_000 - (performance.now() - start)
      if (early > 5) await delay(early)
    }
    assert.equal(bytes, 256 * MIB)
    assert.ok(most < 64 * MIB, `it grew by ${most} bytes`)
    assert.equal(await child.exited, 0)
  })

  it('loses nothing to a reader that stalls for longer than the server pings', async () => {
    const child = await spawn(running().api['1.0'].instances.c1, ['dd', 'if=/dev/zero', 'bs=1M', 'count=64'])
    child.stderr.resume()
    let bytes = 0
    for await (const chunk of child.stdout) {
      if (bytes === 0) await delay(25_000)
      bytes += chunk.length
    }
    assert.equal(bytes, 64 * MIB)
    assert.equal(await child.exited, 0)
  })
})
