import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  buildImage,
  buildSplitImage,
  type Daemon,
  makeCertificate,
  missingReason,
  mountsUnder,
  serverKinds,
  serversUnderTest,
  startCluster,
  startDaemon,
} from '../daemon/index.ts'
import { containerProcesses, processes, serverProcesses } from '../daemon/processes.ts'
import { describe, it } from './node-test.ts'

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1500; turn++) {
    if (await condition()) return
    await delay(20)
  }
  assert.fail(`never came true: ${condition}`)
}

function traces(dir: string): string[] {
  const running = [
    ...processes().filter(({ command }) => command.includes(dir)),
    ...containerProcesses([dir]),
  ]
  return [...running.map(({ command }) => command), ...mountsUnder(dir), ...(existsSync(dir) ? [dir] : [])]
}

async function launch(daemon: Daemon, name: string): Promise<void> {
  await daemon.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
  await daemon.cli(['launch', 'busybox', name])
}

async function hasOutput(daemon: Daemon, name: string): Promise<boolean> {
  return (await daemon.cli(['exec', name, '--', 'echo', 'hello'])) === 'hello\n'
}

// Another process that starts a daemon with a container, prints the daemon's folder, and goes on as told.
function ownerProcess(afterwards: string): ChildProcess {
  const index = new URL('../daemon/index.ts', import.meta.url)
  const program = `
    import { buildImage, startLxd } from ${JSON.stringify(index.href)}
    const daemon = await startLxd()
    await daemon.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
    await daemon.cli(['launch', 'busybox', 'c1'])
    console.log(daemon.dir)
    ${afterwards}`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
}

async function dirOf(owner: ChildProcess): Promise<string> {
  assert.ok(owner.stdout)
  const [line] = await once(owner.stdout, 'data')
  return String(line).trim()
}

for (const kind of ['lxd', 'incus'] as const) {
  describe(`a private ${serverKinds[kind].title}`, { skip: missingReason(kind) }, () => {
    it('has a pool and a root disk, and states its version', async () => {
      await using daemon = await startDaemon(kind)
      assert.match(daemon.version, /^\d+\.\d+/)
      assert.deepEqual(await daemon.request('GET', '/1.0/storage-pools'), ['/1.0/storage-pools/default'])
      assert.match(await daemon.cli(['profile', 'show', 'default']), /pool: default/)
    })

    it('starts bare', async () => {
      await using daemon = await startDaemon(kind, { bare: true })
      // Incus writes an empty list as null.
      assert.deepEqual((await daemon.request('GET', '/1.0/storage-pools')) ?? [], [])
    })

    it('runs, freezes, copies to and from, snapshots and stops a container of the image', async () => {
      await using daemon = await startDaemon(kind)
      await launch(daemon, 'c1')
      assert.ok(await hasOutput(daemon, 'c1'))
      await daemon.cli(['pause', 'c1'])
      await daemon.cli(['start', 'c1'])
      await daemon.cli(['file', 'push', '-', 'c1/root/note'], { input: 'a note' })
      assert.equal(await daemon.cli(['file', 'pull', 'c1/root/note', '-']), 'a note')
      await daemon.request('POST', '/1.0/instances/c1/snapshots', { name: 's1' })
      await daemon.cli(['stop', 'c1'])
      assert.match(await daemon.cli(['list', '-f', 'csv', '-c', 'nsS']), /^c1,STOPPED,1$/m)
    })

    it('has the programs that tests run in a container', async () => {
      await using daemon = await startDaemon(kind)
      await launch(daemon, 'c1')
      const programs = 'sh cat sleep stty sha256sum dd env id ps kill head yes true false'
      const script = `for p in ${programs}; do which $p >/dev/null || echo no $p; done; touch /tmp/x /root/x && echo done`
      assert.equal(await daemon.cli(['exec', 'c1', '--', 'sh', '-c', script]), 'done\n')
    })

    it('restarts, and starts after a kill, with its containers still running', async () => {
      await using daemon = await startDaemon(kind)
      await launch(daemon, 'c1')
      const inside = containerProcesses([daemon.dir]).map(({ pid }) => pid)
      await daemon.restart()
      assert.ok(await hasOutput(daemon, 'c1'))
      await daemon.kill()
      await assert.rejects(daemon.request('GET', '/1.0'))
      await daemon.start()
      assert.ok(await hasOutput(daemon, 'c1'))
      assert.ok(inside.length > 0)
      assert.deepEqual(
        containerProcesses([daemon.dir]).map(({ pid }) => pid),
        inside,
      )
    })

    it('keeps its address over a restart', async () => {
      await using daemon = await startDaemon(kind)
      const { baseUrl } = await daemon.listenHttps()
      await daemon.restart()
      assert.equal((await daemon.listenHttps()).baseUrl, baseUrl)
      await daemon.trust(makeCertificate().cert)
      assert.equal(((await daemon.request('GET', '/1.0/certificates')) as unknown[]).length, 1)
    })

    it('leaves nothing behind, with containers that run or are frozen', async () => {
      const daemon = await startDaemon(kind)
      await launch(daemon, 'c1')
      await daemon.cli(['launch', 'busybox', 'c2'])
      await daemon.cli(['pause', 'c2'])
      assert.notDeepEqual(traces(daemon.dir), [])
      await daemon.stop()
      assert.deepEqual(traces(daemon.dir), [])
      await daemon.stop()
    })

    it('leaves nothing behind when it was killed', async () => {
      const daemon = await startDaemon(kind)
      await launch(daemon, 'c1')
      await daemon.kill()
      await daemon.stop()
      assert.deepEqual(traces(daemon.dir), [])
    })

    it('shows the end of its log', async () => {
      await using daemon = await startDaemon(kind)
      assert.match(daemon.log(), /level=/)
      assert.equal(daemon.log(1).split('\n').length, 1)
    })
  })
}

describe('the end of the process that owns a daemon', { skip: missingReason('lxd') }, () => {
  const hang = 'setInterval(() => {}, 1000)'
  const ends: [string, string, NodeJS.Signals | undefined][] = [
    ['that just exits', 'process.exit(3)', undefined],
    ['that throws', 'setImmediate(() => { throw new Error("no") })', undefined],
    ['that gets SIGINT', hang, 'SIGINT'],
    ['that gets SIGTERM', hang, 'SIGTERM'],
  ]
  for (const [title, afterwards, signal] of ends) {
    it(`leaves nothing behind of one ${title}`, async () => {
      const owner = ownerProcess(afterwards)
      const ended = once(owner, 'exit')
      const dir = await dirOf(owner)
      if (signal) owner.kill(signal)
      const [, endedBy] = await ended
      assert.equal(endedBy ?? undefined, signal)
      assert.deepEqual(traces(dir), [])
    })
  }

  it('is noticed and cleaned up after even when it is killed', async () => {
    const owner = ownerProcess(hang)
    const dir = await dirOf(owner)
    assert.notDeepEqual(serverProcesses([dir]), [])
    owner.kill('SIGKILL')
    await until(() => traces(dir).length === 0)
  })
})

describe('a cluster', { skip: missingReason('lxd') }, () => {
  it('has three members online that show one certificate, places instances, and leaves nothing behind', async () => {
    const cluster = await startCluster(3)
    const dirs = cluster.members.map(({ dir }) => dir)
    try {
      const [first, second, third] = cluster.members
      assert.ok(first && second && third)
      const online = async () =>
        ((await second.cli(['cluster', 'list', '-f', 'csv'])).match(/,ONLINE,/g) ?? []).length
      await until(async () => (await online()) === 3)
      assert.deepEqual(
        cluster.members.map(({ name }) => name),
        ['n1', 'n2', 'n3'],
      )
      assert.ok(cluster.members.every(({ serverCert }) => serverCert === cluster.serverCert))
      await first.cli(['image', 'import', buildImage(), '--alias', 'busybox'])
      await first.cli(['launch', 'busybox', 'c2', '--target', 'n2'])
      assert.match(await third.cli(['list', '-f', 'csv', '-c', 'nsL']), /^c2,RUNNING,n2$/m)
      await first.kill()
      await until(() =>
        second.request('GET', '/1.0/instances').then(
          () => true,
          () => false,
        ),
      )
      await first.start()
      await until(async () => (await online()) === 3)
    } finally {
      await cluster.stop()
    }
    assert.deepEqual(dirs.flatMap(traces), [])
  })
})

describe('the images', { skip: missingReason('lxd') }, () => {
  const hash = (...files: string[]) => {
    const sum = createHash('sha256')
    for (const file of files) sum.update(readFileSync(file))
    return sum.digest('hex')
  }

  it('are the same bytes on every run, and other bytes for every variant', () => {
    const index = new URL('../daemon/index.ts', import.meta.url).href
    const program = `import { buildImage } from ${JSON.stringify(index)}
      import { createHash } from 'node:crypto'
      import { readFileSync } from 'node:fs'
      console.log(createHash('sha256').update(readFileSync(buildImage())).digest('hex'))`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
    assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim(), hash(buildImage()))
    assert.notEqual(hash(buildImage({ variant: 'two' })), hash(buildImage()))
    assert.equal(buildImage({ variant: 'two' }), buildImage({ variant: 'two' }))
  })

  it('grow by the padding asked for', () => {
    assert.ok(readFileSync(buildImage({ padding: 3_000_000 })).length > 3_000_000)
  })

  it('come in two files too', async () => {
    await using daemon = await startDaemon('lxd')
    const { metadata, rootfs } = buildSplitImage()
    await daemon.cli(['image', 'import', metadata, rootfs, '--alias', 'split'])
    await daemon.cli(['launch', 'split', 'c1'])
    assert.ok(await hasOutput(daemon, 'c1'))
    assert.match(
      await daemon.cli(['image', 'list', '-f', 'csv', '-c', 'F']),
      new RegExp(hash(metadata, rootfs)),
    )
  })
})

describe('the servers under test', {}, () => {
  for (const server of serversUnderTest()) {
    it(`include ${server.label}`, { skip: server.missing }, async () => {
      await using daemon = await server.start()
      assert.ok(server.label.includes(daemon.version))
      assert.equal('baseUrl' in daemon.connection, server.label.endsWith('HTTPS'))
    })
  }
})
