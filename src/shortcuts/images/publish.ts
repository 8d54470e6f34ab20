import { checkNames } from '../../request/options.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { waitOrCancel } from '../shared/wait-or-cancel.ts'
import { imageAliasPresent } from './aliases.ts'
import { fingerprintIn } from './lookup.ts'
import { checkDetails, IMAGE_DETAILS, type ImageDetails } from './options.ts'

/** How an image is made of an instance. */
export interface ImagePublishOptions extends ImageDetails {
  /** The name of a snapshot of the instance, to make it of that. */
  readonly snapshot?: string
  /** `none`, `gzip`, `xz`, `zstd`, …; the server's default unless given. */
  readonly compression?: string
  /** Cancels it, if the server lets that be. */
  readonly signal?: AbortSignal
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ImagePublishOptions>([
  ...IMAGE_DETAILS,
  'snapshot',
  'compression',
  'signal',
])

/**
 * Makes an image of an instance, which must be stopped, or of one of its snapshots.
 *
 * @returns the fingerprint
 * @throws {APIException} the instance runs
 * @example
 * const fingerprint = await imagePublish(api, 'web', { snapshot: 'clean', aliases: ['web-base'] })
 */
export async function imagePublish(
  api: ApiRoot,
  instance: string,
  options: ImagePublishOptions = {},
): Promise<string> {
  checkNames(options, OPTIONS, 'imagePublish()')
  checkDetails(options)
  const { snapshot, compression, signal, aliases = [], properties, public: isPublic } = options
  const source =
    snapshot === undefined
      ? { type: 'instance', name: instance }
      : { type: 'snapshot', name: `${instance}/${snapshot}` }
  const body = { source, properties, public: isPublic, compression_algorithm: compression }
  signal?.throwIfAborted()
  // Not with the signal: nobody would know then whether there is something to cancel.
  const started = await versionOf(api).images.post(body)
  const fingerprint = fingerprintIn(await waitOrCancel(started, signal), 'metadata')
  for (const name of aliases) await imageAliasPresent(api, name, fingerprint)
  return fingerprint
}
