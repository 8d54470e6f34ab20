import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

const SCRIPT = `
  import { clientsOf, findProgram, serverKinds } from './test/daemon/server-kinds.ts'
  const { lxd, incus } = serverKinds
  console.log(JSON.stringify([lxd, incus].map(kind => [findProgram(kind.daemons), findProgram(clientsOf(kind))])))`

// In a process of its own, since the variables are read once.
function find(variables: NodeJS.ProcessEnv): { found: unknown; stderr: string } {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT]
  const env = { PATH: '', ...variables }
  const cwd = join(import.meta.dirname, '../..')
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd })
  return { found: stdout && JSON.parse(stdout), stderr }
}

function makePrograms(t: TestContext, names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of names) writeFileSync(join(folder, name), '')
  return folder
}

test('programs given by variables are tested in place of the installed ones, with the clients beside them', t => {
  const folder = makePrograms(t, ['lxd-5.21', 'lxc', 'incusd', 'incus'])
  const given = { LXDAPI_TEST_LXD: `${folder}/lxd-5.21`, LXDAPI_TEST_INCUS: `${folder}/incusd` }
  assert.deepEqual(find(given).found, [
    [`${folder}/lxd-5.21`, `${folder}/lxc`],
    [`${folder}/incusd`, `${folder}/incus`],
  ])
})

test('a client that is not beside the program is looked for in the PATH', t => {
  const folder = makePrograms(t, ['lxd'])
  const clients = makePrograms(t, ['lxc', 'incusd', 'incus'])
  assert.deepEqual(find({ LXDAPI_TEST_LXD: `${folder}/lxd`, LXDAPI_TEST_INCUS: '', PATH: clients }).found, [
    [`${folder}/lxd`, `${clients}/lxc`],
    [`${clients}/incusd`, `${clients}/incus`],
  ])
})

test('a program that is not there is an error, so that no other is tested', () => {
  const { found, stderr } = find({ LXDAPI_TEST_INCUS: '/nowhere/incusd' })
  assert.equal(found, '')
  assert.match(stderr, /LXDAPI_TEST_INCUS: there is no \/nowhere\/incusd/)
})
