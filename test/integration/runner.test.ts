import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { absent, imageAliasPresent, present, snapshot } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { before, it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

type Job = ChildProcessByStdio<null, Readable, Readable>

const root = fileURLToPath(new URL('../..', import.meta.url))

describeOnServers(
  'The example of a runner',
  running => {
    const folder = createTempFolder()
    const run = (template: string, artefacts: string, command: readonly string[]): Job => {
      const args = ['--import', 'tsx', 'examples/runner.ts', template, join(folder, 'sources')]
      const env = { ...process.env, LXD_SOCKET: running().daemon.socketPath }
      return spawn(process.execPath, [...args, join(folder, artefacts), ...command], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    }
    const exitOf = (child: Job) => new Promise(resolve => child.once('exit', resolve))
    const instances = async () => {
      const { metadata } = await running().api['1.0'].instances.get({ query: { recursion: 1 } })
      return metadata.map(({ name }) => name).filter(name => name.startsWith('job-'))
    }

    before(async () => {
      mkdirSync(join(folder, 'sources'))
      writeFileSync(join(folder, 'sources/input'), 'b\na\n')
      const { api, image } = running()
      await imageAliasPresent(api, 'busybox', image)
      await present(api['1.0'].instances.builder, { source: { type: 'image', alias: 'busybox' } })
      await snapshot(api['1.0'].instances.builder, 'clean')
    })

    for (const template of ['busybox', 'builder/clean'])
      it(`runs a job in a fresh instance of ${template}, and removes it`, async () => {
        const artefacts = `artefacts-${template.length}`
        const script = 'echo sorting; mkdir artefacts && sort input >artefacts/output; exit 3'
        const job = run(template, artefacts, ['sh', '-c', script])
        assert.deepEqual(await Promise.all([exitOf(job), text(job.stdout)]), [3, 'sorting\n'])
        assert.equal(readFileSync(join(folder, artefacts, 'output'), 'utf8'), 'a\nb\n')
        assert.deepEqual(await instances(), [])
      })

    it('removes the instance also on Ctrl-C, while the command runs', async () => {
      const job = run('busybox', 'none', ['sh', '-c', 'echo begun; exec sleep 1000'])
      job.stdout.once('data', () => job.kill('SIGINT'))
      assert.equal(await exitOf(job), 130)
      assert.deepEqual(await instances(), [])
    })

    it('removes what a runner has left that was killed, and nothing of others', async () => {
      const { api } = running()
      const killed = run('busybox', 'none', ['sh', '-c', 'echo begun; exec sleep 1000'])
      killed.stdout.once('data', () => killed.kill('SIGKILL'))
      await exitOf(killed)
      const [left] = await instances()
      assert.ok(left)
      const source = { type: 'image', alias: 'busybox' } as const
      const other = api['1.0'].instances['job-other']
      await present(other, { source, config: { 'user.runner.host': 'elsewhere', 'user.runner.pid': '1' } })
      const next = run('busybox', 'none', ['true'])
      const [exitCode, messages] = await Promise.all([exitOf(next), text(next.stderr)])
      assert.deepEqual([exitCode, messages], [0, `Removing ${left}, which a runner has left\n`])
      assert.deepEqual(await instances(), ['job-other'])
      await absent(other)
    })
  },
  serversOverSocket(),
)
