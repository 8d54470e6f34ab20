import { checkNames } from '../../request/options.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimitedPath } from '../shared/limits.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import type { MetricSample } from './open-metrics.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/**
 * Reads the metrics of a server's instances, and of the server itself: `lxd_cpu_seconds_total` and
 * `incus_cpu_seconds_total` are both named `cpu_seconds_total`.
 *
 * They are those of all projects, unless the path has a project; in a cluster those of one member: that of the path's
 * `target`, else the one that answers. The servers keep them for 8 seconds.
 *
 * See https://documentation.ubuntu.com/lxd/latest/reference/provided_metrics/
 *
 * @throws {APIForbiddenException} this client may not read them
 * @throws {APIException} the answer is not OpenMetrics; the message shows the line
 * @example
 * const memory = (await metrics(api)).filter(({ name }) => name === 'memory_RSS_bytes')
 * for (const { labels, value } of memory) console.log(labels.project, labels.name, value)
 */
export async function metrics(api: ApiRoot, options: CommonOptions = {}): Promise<readonly MetricSample[]> {
  checkNames(options, OPTIONS, 'metrics()')
  return withLimitedPath(versionOf(api).path('metrics'), options, 'metrics()', async path => {
    const { readMetrics } = await import('./read-metrics.ts')
    return readMetrics(path)
  })
}
