import { isRecord } from '../common/is-record.ts'

/** How far an operation is, whichever way its server tells it. */
export interface Progress {
  /** What it is at: `download`, `create_instance_from_image_unpack`, … */
  readonly stage: string
  /** Of this stage, 0 to 100; `undefined` where the server doesn't know how much there is. */
  readonly percent: number | undefined
  /** Bytes done; `undefined` where the server tells only the share. */
  readonly bytes: number | undefined
  /** Bytes each second. */
  readonly speed: number | undefined
  /** In the server's own words: `rootfs: 45% (10.50MB/s)`. */
  readonly text: string
}

const SUFFIX = '_progress'
const UNITS = ['', 'k', 'm', 'g', 't', 'p', 'e']
const SIZE = /^([\d.]+) ?([kmgtpe]?)(i?)b/i

/** What the metadata of an operation tells of its progress; `undefined` where that is nothing. */
export function readProgress(metadata: unknown): Progress | undefined {
  if (!isRecord(metadata)) return undefined
  const { progress } = metadata
  if (isRecord(progress) && typeof progress.stage === 'string') return readFields(metadata, progress)
  const key = Object.keys(metadata).find(name => name.endsWith(SUFFIX) && typeof metadata[name] === 'string')
  return key === undefined ? undefined : readText(key.slice(0, -SUFFIX.length), String(metadata[key]))
}

// Numbers as text, and what is 0 left out.
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
