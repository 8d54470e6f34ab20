import type { Progress } from '../../operations/progress.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { Image } from '../../rest.ts'
import { fingerprintIn } from '../shared/find-image.ts'
import type { Typed } from '../shared/item-of.ts'
import { asPath, type InstancePath, type InstanceSnapshotPath, itemTypeOf } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimits } from '../shared/limits.ts'
import { nameOf, ownerOf, splitPath } from '../shared/resource.ts'
import { waitOrCancel } from '../shared/wait-or-cancel.ts'
import type { Outcome } from '../state/present.ts'
import { applyAliases } from './details.ts'
import { checkDetails, IMAGE_DETAILS, type ImageDetails } from './options.ts'
import { imageOutcome } from './outcome.ts'

/** Options of {@link publish}. The signal also cancels the operation, if it can be cancelled. */
export interface PublishOptions extends ImageDetails, CommonOptions {
  /** `none`, `gzip`, `xz`, `zstd`, …; the server's default if not given. */
  readonly compression?: string
  /** Called with the progress, if the server allows access to its events; an error it throws ends the waiting. */
  readonly onProgress?: (progress: Progress) => void
}

const OPTIONS: ReadonlySet<string> = new Set<keyof PublishOptions>([
  ...COMMON_OPTIONS,
  ...IMAGE_DETAILS,
  'compression',
  'onProgress',
])

/**
 * Makes an image of an instance, which must be stopped, or of one of its snapshots.
 *
 * @returns the image as `result`; it is always `changed`
 * @throws {APIException} the instance runs
 * @example
 * const { result } = await publish(api.instances.web.snapshots.clean, { aliases: ['web-base'] })
 * console.log(result?.metadata.fingerprint)
 */
export async function publish<P extends InstancePath | InstanceSnapshotPath>(
  path: P,
  options: PublishOptions = {},
): Promise<Outcome<Typed<P, Image>>> {
  const type = itemTypeOf(path, ['instance', 'instance snapshot'], 'publish()')
  checkNames(options, OPTIONS, 'publish()')
  checkDetails(options)
  const item = asPath(path)
  const source =
    type === 'instance'
      ? { type: 'instance', name: nameOf(item) }
      : { type: 'snapshot', name: `${nameOf(ownerOf(item))}/${nameOf(item)}` }
  const instance = type === 'instance' ? item : ownerOf(item)
  const images = splitPath(splitPath(instance).parent).parent.path('images')
  return withLimits(item, options, 'publish()', signal =>
    publishSource(images, source, { ...options, signal }),
  )
}

async function publishSource(images: Path, source: object, options: PublishOptions): Promise<Outcome> {
  const { compression, signal, onProgress, aliases, properties, public: isPublic } = options
  const body = { source, properties, public: isPublic, compression_algorithm: compression }
  // Not with the signal: after an abort it would be unknown whether there is an operation to cancel.
  const started = await images.post(body)
  const fingerprint = fingerprintIn(await waitOrCancel(started, { signal, onProgress }), 'metadata')
  await applyAliases(images, fingerprint, { aliases })
  return imageOutcome(images, fingerprint, true)
}
