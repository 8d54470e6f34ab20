import { pathKey, type RecordedCall } from './recording.ts'

/** The error for a request that a recording has no answer to. */
export function explainUnrecorded(
  request: RecordedCall,
  calls: readonly RecordedCall[],
  file: string,
): Error {
  const wanted = linesOf(request)
  const times = calls.filter(call => String(linesOf(call)) === String(wanted)).length
  if (times > 0)
    return new Error(`${file} has this request ${times === 1 ? 'once' : `${times} times`}, and no more`)
  const nearest = findNearest(request, calls)
  const difference = nearest === undefined ? wanted.map(line => `+ ${line}`) : diff(linesOf(nearest), wanted)
  return new Error(`${file} does not have this request (-: the nearest one in it)\n${difference.join('\n')}`)
}

function linesOf({ method, path, body }: RecordedCall): readonly string[] {
  const sent = body === undefined ? [] : JSON.stringify(body, null, 2).split('\n')
  return [`${method} ${pathKey(path)}`, ...sent]
}

function findNearest(request: RecordedCall, calls: readonly RecordedCall[]): RecordedCall | undefined {
  const wanted = linesOf(request)
  const scores = calls.map(call => [scoreOf(linesOf(call), wanted), call] as const)
  return scores.toSorted(([a], [b]) => b - a)[0]?.[1]
}

// The same call with another body is nearer than any other call.
function scoreOf(
  [call = '', ...body]: readonly string[],
  [wantedCall = '', ...wantedBody]: readonly string[],
): number {
  const common = body.filter(line => wantedBody.includes(line)).length
  if (call === wantedCall) return 10_000 + common
  return commonStart([...call], [...wantedCall])
}

/** The lines that are in one list only, between those that both have at their beginning and at their end. */
function diff(recorded: readonly string[], wanted: readonly string[]): readonly string[] {
  const start = commonStart(recorded, wanted)
  const [left, right] = [recorded.slice(start), wanted.slice(start)]
  const end = commonStart(left.toReversed(), right.toReversed())
  return [
    ...recorded.slice(0, start).map(line => `  ${line}`),
    ...left.slice(0, left.length - end).map(line => `- ${line}`),
    ...right.slice(0, right.length - end).map(line => `+ ${line}`),
    ...left.slice(left.length - end).map(line => `  ${line}`),
  ]
}

function commonStart(first: readonly string[], second: readonly string[]): number {
  const index = first.findIndex((one, n) => one !== second[n])
  return index === -1 ? Math.min(first.length, second.length) : index
}
