import type { Path } from '../../path.ts'
import { findImage } from '../shared/find-image.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'

/** The outcome for an image, which is read for it. */
export async function imageOutcome(images: Path, fingerprint: string, changed: boolean): Promise<Outcome> {
  const seen = (await findImage(images, fingerprint)) ?? false
  const difference = changed ? [{ path: [], from: undefined, to: { fingerprint } }] : []
  return outcomeOf({ seen, difference })
}
