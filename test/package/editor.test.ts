import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'
import { writeProject } from './compile.ts'
import { Editor } from './editor.ts'

// The cursor is after each comment, which is the name of the place.
const SOURCE = `
import { API, hasExtension, present, type AnyEvent } from 'lxdapi'
const api = API.factory()['1.0']
api.instances.web.patch({ config: { /*patched*/ } })
present(api.instances.web, { config: { 'limits.cpu': 1, /*present*/ } })
present(api.networks.br0, { config: { /*network*/ } })
api.profiles.web.put({ devices: { root: { type: /*type*/'' } } })
api.profiles.web.put({ devices: { root: { type: 'disk', /*disk*/ } } })
api.profiles.web.put({ devices: { eth0: { type: 'nic', nictype: 'bridged', /*bridged*/ } } })
present(api.profiles.web, { devices: { tpm: { type: 'tpm', /*tpm*/ } } })
hasExtension(api, /*extension*/'')
;(await api.get()).metadata.api_extensions.includes(/*includes*/'')
declare const event: AnyEvent
if (event.type === 'lifecycle') event.metadata.action === /*action*/''
api.instances.web.patch({ config: { /*allowance*/'limits.cpu.allowance': '50%' } })
present(api.instances.web, { config: { /*autostart*/'boot.autostart.delay': 5 } })
present(api.instances.web, { devices: { eth0: { type: 'nic', network: 'x', /*mac*/'security.mac_filtering': true } } })
api.profiles.web.put({ config: { /*oom*/'limits.memory.oom_priority': '1' } })
api.profiles.web.put({ devices: { root: { type: 'disk', /*size*/size: '1GiB' } } })
`

describe('An editor', () => {
  let editor: Editor
  let file = ''
  before(() => {
    const folder = createTempFolder()
    file = join(folder, 'source.ts')
    writeProject(folder, { 'source.ts': SOURCE })
    editor = new Editor('typescript-6.0')
    editor.open(file)
  })
  after(async () => {
    await editor.close()
    await tearDownFolders([dirname(file)])
  })

  const placeOf = (name: string, inside = 0) => {
    const mark = `/*${name}*/`
    const lines = SOURCE.slice(0, SOURCE.indexOf(mark) + mark.length).split('\n')
    return { file, line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 + inside }
  }

  const proposes = async (
    name: string,
    wanted: string[],
    unwanted: string[] = [],
    inside = 0,
  ): Promise<void> => {
    const names = await editor.completionsAt(placeOf(name, inside))
    for (const one of wanted)
      assert.ok(names.includes(one), `${one} is proposed at ${name}: ${names.slice(0, 9)}`)
    for (const one of unwanted) assert.ok(!names.includes(one), `${one} is not proposed at ${name}`)
  }

  const tells = async (name: string, wanted: string): Promise<void> =>
    assert.equal((await editor.hoverAt(placeOf(name, 1))).split('\n')[1], wanted)

  it('proposes the keys of what a path names', async () => {
    await proposes('patched', ['limits.memory', 'security.nesting', 'snapshots.expiry'], ['ipv4.nat'])
    await proposes('present', ['limits.memory', 'boot.autostart'], ['limits.cpu', 'ipv4.nat'])
    await proposes('network', ['ipv4.nat', 'bridge.mtu'], ['limits.memory'])
  })

  it('proposes the types of devices, and the options of a type', async () => {
    await proposes('type', ['disk', 'nic', 'unix-char'], [], 1)
    await proposes('disk', ['path', 'pool', 'size'], ['parent', 'connect', 'nictype'])
    await proposes('bridged', ['vlan', 'ipv4.address', 'security.acls'], ['ipv4.host_address', 'pool'])
    await proposes('tpm', ['path', 'pathrm'], ['source'])
  })

  it('proposes API extensions and lifecycle actions', async () => {
    await proposes('extension', ['projects', 'instances_rebuild'], [], 1)
    await proposes('includes', ['projects', 'instances_rebuild'], [], 1)
    await proposes('action', ['instance-started', 'image-created'], [], 1)
  })

  it('tells of a key its type, its default, whether it needs a restart, and which server has it', async () => {
    await tells('allowance', 'Text, by default `100%`; containers only; takes effect at once. LXD and Incus.')
    await tells('autostart', 'Integer, by default `0`; needs a restart. LXD and Incus.')
    await tells('oom', 'Integer, by default `0`; takes effect at once. Incus only, not in Incus 6.0.')
    await tells('mac', 'Boolean, by default `false`; bridged and sriov networks. LXD and Incus.')
    await tells('size', 'Text. LXD and Incus.')
  })
})
