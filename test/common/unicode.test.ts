import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as lxdapi from '../../src/index.ts'
import { API, type Path } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { serve, sync } from '../servers/server.ts'

const LONE = 'a\ud800b'

/** Where text goes into a URL or a header. */
const PLACES: Readonly<Record<string, (api: Path, file: string) => unknown>> = {
  'a segment': api => api.instances[LONE],
  'a query parameter': api => api.get({ query: { project: LONE } }),
  'the name of a query parameter': api => api.get({ query: { [LONE]: 'x' } }),
  'a header': api => api.get({ headers: { 'X-Note': LONE } }),
  'the name of a header': api => api.get({ headers: { [LONE]: 'x' } }),
  'a default of all calls': api => api.with({ query: { project: LONE } }).instances.get(),
  'the name of an instance': api => lxdapi.containerGet(api, LONE),
  'the name of what should be there': api => lxdapi.present(api.profiles.web, { name: LONE }),
  'the path of what should be there': api => lxdapi.present(api.forUrl('/1.0/profiles/a%ffb'), {}),
  'the path of what should not be there': api => lxdapi.absent(api.forUrl('/1.0/profiles/a%ffb')),
  'a new name': api => lxdapi.rename(api.instances.web, LONE),
  'the project of a copy': api =>
    lxdapi.copy(api.instances.web, api.with({ query: { project: LONE } }).instances.web),
  'the project of events': api => lxdapi.events(api, { project: LONE }),
  'the path of a file': api => lxdapi.filePull(api.instances.web, `/${LONE}`),
  'the name of an import': api => lxdapi.importFrom(api.instances[LONE], Buffer.from('x')),
  'the path of an image': (api, file) => lxdapi.imagePresent(api, file.replace(/image$/, LONE)),
  'an alias': (api, file) => lxdapi.imagePresent(api, file, { aliases: ['good', LONE] }),
  'an alias that is no name': (api, file) => lxdapi.imagePresent(api, file, { aliases: ['..'] }),
  'a property': (api, file) => lxdapi.imagePresent(api, file, { properties: { os: LONE } }),
  'the name of a property': (api, file) => lxdapi.imagePresent(api, file, { properties: { [LONE]: 'os' } }),
  'an alias of a copy': api =>
    lxdapi.copy(api.path('images', 'abc'), api.path('images'), { aliases: [LONE] }),
  'an alias of what is made an image': api => lxdapi.publish(api.instances.web, { aliases: [LONE] }),
  'the path of a socket': () => API.factory({ baseUrl: 'http+unix://%2Fa%ffb' }),
}

for (const [place, use] of Object.entries(PLACES))
  test(`text that is no Unicode is refused as ${place}, before anything is sent`, async t => {
    const { api, received } = await serve(t, sync({}))
    const file = join(createTempFolder(), 'image')
    await writeFile(file, 'image')
    await assert.rejects(
      async () => use(api, file),
      (error: unknown) => {
        assert.ok(error instanceof TypeError, String(error))
        assert.ok(!/URI malformed/.test(error.message))
        return true
      },
    )
    assert.deepEqual(received, [])
  })
