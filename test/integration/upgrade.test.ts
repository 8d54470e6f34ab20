import assert from 'node:assert/strict'
import { once } from 'node:events'
import { APINotFoundException } from '../../src/index.ts'
import { startContainer } from './live-container.ts'
import { before, it } from './node-test.ts'
import { describeOnServers } from './servers.ts'

// SSH_FXP_INIT and SSH_FXP_VERSION of the SSH File Transfer Protocol, version 3.
const INIT = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3])
const VERSION_TYPE = 2

describeOnServers('upgrade()', running => {
  before(() => startContainer(running().api, 'c1', running().image))

  it('gives a connection that speaks SFTP', async () => {
    const connection = await running().api['1.0'].instances.path('c1').sftp.upgrade('sftp')
    connection.write(INIT)
    const [answer] = await once(connection, 'data')
    assert.equal(answer[4], VERSION_TYPE)
    assert.equal(answer.readUInt32BE(5), 3)
    connection.destroy()
  })

  it('rejects with the words of the server that refuses', async () => {
    await assert.rejects(
      running().api['1.0'].instances.path('nope').sftp.upgrade('sftp'),
      APINotFoundException,
    )
  })
})
