import { execFile, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { API, imageGetFingerprint, imagePresent } from '../src/index.ts'
import { createTempFolder } from '../test/daemon/clean-up.ts'
import { buildImage, type Daemon, type ServerUnderTest } from '../test/daemon/index.ts'
import { benchEachServer } from './each-server.ts'
import { rotate } from './measure.ts'
import type { Job, JobResult } from './stream-job.ts'

export const SIZE_MIB = Number(process.env['LXDAPI_BENCH_MIB'] ?? 1024)
export const run = promisify(execFile)

// As much as a backup takes: while it is created, stored, and exported.
const WARM = `head -c ${3 * SIZE_MIB}M /dev/zero > warm; rm warm`

/** One transfer by its three clients. */
export interface Transfer {
  readonly name: string
  readonly job: Job
  readonly curl: string
  readonly cli: readonly string[]
  /** Removes the result. */
  readonly reset: () => Promise<unknown>
}

export interface TransferBench {
  readonly daemon: Daemon
  readonly api: ReturnType<typeof API.factory>
  readonly dir: string
  /** The fingerprint of the large image. */
  readonly fingerprint: string
}

type Contenders = Readonly<Record<string, () => Promise<unknown>>>
type Results<C extends Contenders> = { readonly [K in keyof C]: Awaited<ReturnType<C[K]>>[] }

/** Runs a benchmark of transfers on each server, and ends the process. */
export function benchTransfers(
  bench: (server: ServerUnderTest, transfers: TransferBench) => Promise<void>,
): Promise<never> {
  return benchEachServer(server => withTransfers(server, transfers => bench(server, transfers)))
}

/** Starts a server with an instance, and makes the files that are transferred; they are removed when it ends. */
async function withTransfers(
  server: ServerUnderTest,
  work: (bench: TransferBench) => Promise<void>,
): Promise<void> {
  await using daemon = await server.start()
  const api = API.factory(daemon.connection)
  const dir = join(createTempFolder(), 'files')
  await mkdir(dir)
  makeFiles(dir)
  const fingerprint = await imageGetFingerprint(join(dir, 'image.tar'))
  await makeInstance(api, daemon, dir)
  await work({ daemon, api, dir, fingerprint })
  rmSync(dir, { recursive: true, force: true })
  await api.close()
}

/**
 * Lets each contender do a transfer in each round; resolves with the results of each. Before it, the result of the last
 * one is removed, what that has written is on the disk, and memory is touched: a virtual machine whose memory was free for
 * a second or two has to get it from its host again, which takes longer than any transfer.
 */
export async function race<C extends Contenders>(
  { reset }: Transfer,
  { dir }: TransferBench,
  rounds: number,
  contenders: C,
): Promise<Results<C>> {
  const names = Object.keys(contenders)
  const results: Record<string, unknown[]> = Object.fromEntries(names.map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of rotate(names, round)) {
      await reset()
      await run('sync')
      await run('sh', ['-euc', WARM], { cwd: dir })
      results[name]?.push(await contenders[name]?.())
    }
  }
  await reset()
  return results as Results<C> // Safe cast: under each name is what its contender gave.
}

/** All transfers. */
export function transfers({ daemon, api, dir, fingerprint }: TransferBench): Transfer[] {
  const { socketPath } = daemon
  const v1 = api.path('1.0')
  const [noise, image, backup, target] = ['noise', 'image.tar', 'backup.tar', 'target'].map(name =>
    join(dir, name),
  )
  const job = (kind: Job['kind'], extra: Partial<Job> = {}): Job => ({ kind, socketPath, ...extra })
  const curl = `curl -sSf --unix-socket ${socketPath}`
  const octets = `-H 'content-type: application/octet-stream' -H 'expect:'`
  const post = (path: string, file = '') => `${curl} -X POST ${octets} -T ${file} 'http://x/1.0/${path}'`
  const json = (path: string, body: object) =>
    `${curl} -X POST -H 'content-type: application/json' -d '${JSON.stringify(body)}' 'http://x/1.0/${path}'`
  const wait = `| grep -o '/1.0/operations/[-0-9a-f]*' | head -1 | xargs -I{} ${curl} http://x{}/wait | grep -q '"err":""'`
  const file = { query: { path: '/root/copy' } }
  const removeTarget = async () => rmSync(target ?? '', { force: true })
  const resetExport = async () => {
    for (const extension of ['', '.tar']) rmSync(`${target}${extension}`, { force: true })
    await imagePresent(api, String(image))
  }
  const ignore = () => {}
  return [
    {
      name: 'file push',
      job: job('push', { file: noise }),
      curl: post('instances/bench/files?path=/root/copy', noise),
      cli: ['file', 'push', String(noise), 'bench/root/copy'],
      reset: () => v1.instances.bench.files.delete(file).catch(ignore),
    },
    {
      name: 'file pull',
      job: job('pull', { file: target }),
      curl: `${curl} -o ${target} 'http://x/1.0/instances/bench/files?path=/root/noise'`,
      cli: ['file', 'pull', 'bench/root/noise', String(target)],
      reset: removeTarget,
    },
    {
      name: 'image upload',
      job: job('imagePresent', { file: image }),
      curl: post('images', image) + wait,
      cli: ['image', 'import', String(image)],
      reset: () => v1.images[fingerprint].delete().wait().catch(ignore),
    },
    {
      name: 'image export',
      job: job('imageExport', { file: target, name: fingerprint }),
      curl: `${curl} -o ${target} http://x/1.0/images/${fingerprint}/export`,
      cli: ['image', 'export', fingerprint, String(target)],
      reset: resetExport,
    },
    {
      name: 'backup export',
      job: job('export', { file: target }),
      curl: [
        json('instances/bench/backups', { name: 'c', compression_algorithm: 'none' }) + wait,
        `${curl} -o ${target} http://x/1.0/instances/bench/backups/c/export`,
        `${curl} -X DELETE http://x/1.0/instances/bench/backups/c ${wait}`,
      ].join('\n'),
      cli: ['export', 'bench', String(target), '--compression', 'none'],
      reset: removeTarget,
    },
    {
      name: 'backup import',
      job: job('import', { file: backup }),
      curl: `${post('instances', backup).replace(' -T', " -H 'X-LXD-name: copy' -H 'X-Incus-name: copy' -T")} ${wait}`,
      cli: ['import', String(backup), 'copy'],
      reset: () => v1.instances.copy.delete().wait().catch(ignore),
    },
  ]
}

function makeFiles(dir: string): void {
  execFileSync('sh', ['-euc', `head -c ${SIZE_MIB}M /dev/urandom > noise`], { cwd: dir })
  writeFileSync(join(dir, 'metadata.yaml'), '{"architecture":"x86_64","creation_date":1}\n')
  // The rootfs is a single file, since the image is never unpacked.
  execFileSync(
    'tar',
    ['cf', 'image.tar', '--transform', 's,^noise,rootfs/noise,', 'metadata.yaml', 'noise'],
    { cwd: dir },
  )
}

async function makeInstance(api: TransferBench['api'], daemon: Daemon, dir: string): Promise<void> {
  const image = buildImage()
  await imagePresent(api, image, { aliases: ['small'] })
  const { instances } = api.path('1.0')
  await instances.post({ name: 'bench', source: { type: 'image', alias: 'small' } }).wait()
  await daemon.cli(['file', 'push', join(dir, 'noise'), 'bench/root/noise'])
  await daemon.cli(['export', 'bench', join(dir, 'backup.tar'), '--compression', 'none'])
}

/** Does a transfer in a process of its own. */
export async function runJob(job: Job): Promise<JobResult> {
  // `.js` when compiled, else `.ts`.
  const extension = import.meta.url.slice(-3)
  const child = fork(new URL(`stream-job${extension}`, import.meta.url), [JSON.stringify(job)])
  const [[result]] = await Promise.all([once(child, 'message'), once(child, 'exit')])
  return result
}
