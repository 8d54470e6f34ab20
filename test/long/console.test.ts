import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { attachConsole } from '../../src/index.ts'
import { buildImage } from '../daemon/index.ts'
import { startContainer } from '../integration/live-container.ts'
import { it } from '../integration/node-test.ts'
import { describeOnServers, serversOverSocket } from '../integration/servers.ts'

const ROUNDS = 100

describeOnServers(
  'consoles of instances that stop',
  running => {
    // LXD 5.0 ended within 100 of them when the control was closed first, as its own program does.
    it('leave the daemon running', async () => {
      const { api } = running()
      const file = createReadStream(buildImage({ inittab: 'console::respawn:/bin/sh' }))
      const headers = { 'content-type': 'application/octet-stream' }
      const { metadata } = await api['1.0'].images.post(file, { headers }).wait()
      await startContainer(api, 'c1', metadata.metadata.fingerprint)
      const { state } = api['1.0'].instances.c1
      for (let round = 0; round < ROUNDS; round++) {
        const { stream } = await attachConsole(api['1.0'].instances.c1)
        stream.resume()
        await state.put({ action: 'stop', force: true }).wait()
        await state.put({ action: 'start' }).wait()
      }
      assert.equal((await state.get()).metadata.status, 'Running')
    })
  },
  serversOverSocket(),
)
