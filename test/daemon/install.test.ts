import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { NEEDS } from './index.ts'
import { findProgram } from './server-kinds.ts'

const SCRIPT = join(import.meta.dirname, 'install.sh')
const DEBIAN = 'ID=debian\nVERSION_CODENAME=bookworm\n'
const UBUNTU = 'ID=ubuntu\nVERSION_CODENAME=noble\n'
const SOURCES = 'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nSigned-By: /keys.gpg\n'
// The only real programs in the script's PATH.
const TOOLS = ['bash', 'awk', 'grep', 'tail', 'rm', 'chmod', 'ls', 'mkdir']
// Stubs of the machine's programs: apt-get records its calls, and "installs" empty programs.
const STUBS: Readonly<Record<string, string>> = {
  id: 'echo "$STUB_UID"',
  ldd: 'exit 1',
  'apt-cache': '[ "$2" != incus-base ] || echo "  Candidate: $STUB_INCUS"',
  'apt-get': `
    [ "$1 $2 $3" = '-qq -o DPkg::Lock::Timeout=120' ] && shift 3
    echo "$*" >>"$INSTALL_ROOT/calls"
    [ -e "$INSTALL_ROOT/usr/sbin/policy-rc.d" ] || [ "$1" = update ] || echo 'daemons may start' >>"$INSTALL_ROOT/calls"
    case "$*" in *"$STUB_BROKEN"*)
      echo "W: that is no error" >&2
      echo "E: Unable to locate package $STUB_BROKEN" >&2
      exit 100
    esac
    for package; do
      case $package in
        lxd | iptables | curl | socat) program=usr/sbin/$package ;;
        netcat-openbsd) program=usr/sbin/nc.openbsd ;;
        python3-minimal) program=usr/bin/python3 ;;
        incus-base) program=usr/libexec/incus/incusd ;;
        dnsmasq-base) program=usr/sbin/dnsmasq ;;
        iproute2) program=usr/sbin/ip ;;
        xz-utils) program=usr/sbin/xz ;;
        busybox-static) program=bin/busybox ;;
        *) continue
      esac
      : >"$INSTALL_ROOT/$program"
      chmod +x "$INSTALL_ROOT/$program"
    done`,
}

interface Machine {
  readonly path: (name: string) => string
  /** Runs the script; returns its exit status, its stderr by line, and its calls of apt-get. */
  readonly install: (...wanted: string[]) => { status: number | null; said: string[]; calls: string[] }
}

/** Creates a folder with the programs and settings of a machine that lacks all requirements of the tests. */
function bareMachine(t: TestContext, release: string, env: NodeJS.ProcessEnv = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), 'bare-'))
  t.after(() => rmSync(root, { recursive: true }))
  const path = (name: string): string => join(root, name)
  for (const folder of ['bin', 'usr/bin', 'usr/sbin', 'usr/libexec/incus', 'etc/apt/sources.list.d'])
    mkdirSync(path(folder), { recursive: true })
  for (const name of TOOLS) symlinkSync(findProgram([name]) ?? assert.fail(`no ${name}`), path(`bin/${name}`))
  for (const [name, source] of Object.entries(STUBS)) {
    writeFileSync(path(`bin/${name}`), `#!${path('bin/bash')}\n${source}\n`)
    chmodSync(path(`bin/${name}`), 0o755)
  }
  writeFileSync(path('etc/os-release'), release)
  writeFileSync(path('etc/apt/sources.list.d/debian.sources'), SOURCES)
  const stubs = { STUB_UID: '0', STUB_INCUS: '(none)', STUB_BROKEN: 'nothing is' }
  const variables = { PATH: path('bin'), INSTALL_ROOT: root, ...stubs, ...env }
  const install = (...wanted: string[]) => {
    writeFileSync(path('calls'), '')
    const { status, stderr } = spawnSync(path('bin/bash'), [SCRIPT, ...wanted], {
      env: variables,
      encoding: 'utf8',
    })
    return { status, said: linesOf(stderr), calls: linesOf(readFileSync(path('calls'), 'utf8')) }
  }
  return { path, install }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

test('install.sh installs what a bare Debian lacks, says so in a line each, and then has nothing to do', t => {
  const { path, install } = bareMachine(t, DEBIAN)
  assert.deepEqual(install(...NEEDS), {
    status: 0,
    said: [
      'Installing LXD: lxd busybox-static xz-utils iproute2',
      'Installing Incus: incus-base incus-client from bookworm-backports',
      'Installing network tools: iptables dnsmasq-base',
      'Installing curl: curl',
      'Installing TCP tools: socat netcat-openbsd python3-minimal',
    ],
    calls: [
      'update',
      'install -y --no-install-recommends lxd busybox-static xz-utils iproute2',
      'update',
      'install -y --no-install-recommends -t bookworm-backports incus-base incus-client',
      'install -y --no-install-recommends iptables dnsmasq-base',
      'install -y --no-install-recommends curl',
      'install -y --no-install-recommends socat netcat-openbsd python3-minimal',
    ],
  })
  const backports = readFileSync(path('etc/apt/sources.list.d/lxdapi-backports.list'), 'utf8')
  assert.equal(backports, 'deb [signed-by=/keys.gpg] http://mirror.example/debian bookworm-backports main\n')
  assert.ok(!existsSync(path('usr/sbin/policy-rc.d')))
  assert.deepEqual(install(...NEEDS), { status: 0, said: [], calls: [] })
})

test('install.sh takes Incus from the release where that has it', t => {
  const { install } = bareMachine(t, DEBIAN, { STUB_INCUS: '6.0.4-2' })
  assert.deepEqual(install('incus').calls, [
    'update',
    'install -y --no-install-recommends incus-base incus-client busybox-static xz-utils iproute2',
  ])
})

test('install.sh says in a line each what it does not install for lack of root', t => {
  const { install } = bareMachine(t, DEBIAN, { STUB_UID: '1000' })
  assert.deepEqual(install(...NEEDS), {
    status: 1,
    said: [
      'Not installed: LXD (lxd busybox-static xz-utils iproute2), as that needs root',
      'Not installed: Incus (incus-base incus-client busybox-static xz-utils iproute2), as that needs root',
      'Not installed: network tools (iptables dnsmasq-base), as that needs root',
      'Not installed: curl (curl), as that needs root',
      'Not installed: TCP tools (socat netcat-openbsd python3-minimal), as that needs root',
    ],
    calls: [],
  })
})

test('install.sh says what it does not install where there is no apt-get', t => {
  const { path, install } = bareMachine(t, 'ID=fedora\n')
  rmSync(path('bin/apt-get'))
  assert.deepEqual(install('curl'), {
    status: 1,
    said: ['Not installed: curl (curl), as there is no apt-get'],
    calls: [],
  })
})

test('install.sh leaves out LXD where it is no Debian package, and installs the rest', t => {
  const { install } = bareMachine(t, UBUNTU, { STUB_INCUS: '6.0.0-1' })
  assert.deepEqual(install('lxd', 'incus'), {
    status: 1,
    said: [
      'Not installed: LXD (lxd busybox-static xz-utils iproute2), as only Debian packages an LXD that is no snap',
      'Installing Incus: incus-base incus-client busybox-static xz-utils iproute2',
    ],
    calls: [
      'update',
      'install -y --no-install-recommends incus-base incus-client busybox-static xz-utils iproute2',
    ],
  })
})

test('install.sh tells apt-get’s error in that line, and installs the rest', t => {
  const { path, install } = bareMachine(t, DEBIAN, { STUB_BROKEN: 'dnsmasq-base' })
  const { status, said } = install('network', 'curl')
  assert.equal(status, 1)
  assert.deepEqual(said, [
    'Installing network tools: iptables dnsmasq-base',
    'Not installed: network tools (iptables dnsmasq-base), as apt-get install failed: E: Unable to locate package dnsmasq-base',
    'Installing curl: curl',
  ])
  assert.ok(!existsSync(path('usr/sbin/policy-rc.d')))
})

test('install.sh removes a source of backports that the mirror does not have', t => {
  const { path, install } = bareMachine(t, DEBIAN)
  const sources = path('etc/apt/sources.list.d')
  writeFileSync(
    path('bin/apt-get'),
    `#!${path('bin/bash')}\n[ ! -e ${sources}/lxdapi-backports.list ] || { echo 'E: no such suite' >&2; exit 100; }\n`,
  )
  assert.deepEqual(install('incus').said, [
    "Not installed: Incus (incus-base incus-client busybox-static xz-utils iproute2), as bookworm-backports is not on this machine's Debian mirror",
  ])
  assert.ok(!existsSync(join(sources, 'lxdapi-backports.list')))
})

test('install.sh refuses what it does not know, before it installs anything', t => {
  const { install } = bareMachine(t, DEBIAN)
  const { status, said, calls } = install('curl', 'docker')
  assert.deepEqual([status, calls], [2, []])
  assert.match(said.join(), /unknown argument 'docker'/)
})
