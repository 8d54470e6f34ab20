import { isRecord } from '../common/is-record.ts'

/** The progress of an operation, in one form for all servers. */
export interface Progress {
  /** The current stage: `download`, `create_instance_from_image_unpack`, … */
  readonly stage: string
  /** The percentage of this stage, 0 to 100; `undefined` if the server doesn't know the total. */
  readonly percent: number | undefined
  /** The number of bytes done; `undefined` if the server reports only a percentage. */
  readonly bytes: number | undefined
  /** In bytes per second. */
  readonly speed: number | undefined
  /** The text of the server: `rootfs: 45% (10.50MB/s)`. */
  readonly text: string
}

const SUFFIX = '_progress'
const UNITS = ['', 'k', 'm', 'g', 't', 'p', 'e']
const SIZE = /^([\d.]+) ?([kmgtpe]?)(i?)b/i

/** The progress in the metadata of an operation; `undefined` if there is none. */
export function readProgress(metadata: unknown): Progress | undefined {
  if (!isRecord(metadata)) return undefined
  const { progress } = metadata
  if (isRecord(progress) && typeof progress.stage === 'string') return readFields(metadata, progress)
  const key = Object.keys(metadata).find(name => name.endsWith(SUFFIX) && typeof metadata[name] === 'string')
  return key === undefined ? undefined : readText(key.slice(0, -SUFFIX.length), String(metadata[key]))
}

// Numbers are text, and those that are 0 are omitted.
function readFields(metadata: Record<string, unknown>, progress: Record<string, unknown>): Progress {
  const stage = String(progress.stage)
  const text = metadata[stage + SUFFIX]
  const told = typeof text === 'string' ? readText(stage, text) : undefined
  return {
    stage,
    percent: toNumber(progress.percent) ?? told?.percent,
    bytes: toNumber(progress.processed) ?? told?.bytes,
    speed: toNumber(progress.speed) ?? told?.speed,
    text: told?.text ?? stage,
  }
}

// Such as `rootfs: 45% (10.50MB/s)`, `Image pack: 1.20GB (20.00MB/s)` and `web: 20.00MB/s`.
function readText(stage: string, text: string): Progress {
  const said = text.slice(text.lastIndexOf(': ') + 1).trim()
  const speed = /([\d.]+ ?\w*B)\/s/.exec(said)?.[1]
  const percent = /^(\d+(?:\.\d+)?)%/.exec(said)?.[1]
  const bytes = said.includes('/s') && !said.includes('(') ? undefined : readSize(said)
  return { stage, percent: toNumber(percent), bytes, speed: readSize(speed ?? ''), text }
}

function readSize(text: string): number | undefined {
  const [, amount, unit = '', binary] = SIZE.exec(text) ?? []
  if (amount === undefined) return undefined
  return Math.round(Number(amount) * (binary === 'i' ? 1024 : 1000) ** UNITS.indexOf(unit.toLowerCase()))
}

function toNumber(value: unknown): number | undefined {
  const number = value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : undefined
}
