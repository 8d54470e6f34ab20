import type { ApiExtension } from '../../config.ts'
import { checkNames } from '../../request/options.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimitedPath } from '../shared/limits.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { extensionsIn } from '../shared/server-info.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/**
 * Whether a server has an [API extension](https://documentation.ubuntu.com/lxd/latest/api-extensions/): what to ask for,
 * rather than a version, before using what only some servers have. It costs one GET.
 *
 * `false` as well where a server tells of no extensions, as Incus does to clients that it does not trust.
 *
 * @example
 * if (await hasExtension(api, 'instances_rebuild')) await api.instances.web.rebuild.post({ source }).wait()
 */
export async function hasExtension(
  api: ApiRoot,
  name: ApiExtension,
  options: CommonOptions = {},
): Promise<boolean> {
  checkNames(options, OPTIONS, 'hasExtension()')
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`hasExtension(): name an extension, not ${JSON.stringify(name)}`)
  return withLimitedPath(versionOf(api), options, 'hasExtension()', async version =>
    extensionsIn(await version.get()).has(name),
  )
}
