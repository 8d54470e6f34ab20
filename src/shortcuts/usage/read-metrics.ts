import { APIException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import { contextOf, type Path, pathTo } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { type MetricSample, MetricSyntaxError, parseMetrics } from './open-metrics.ts'

/** Reads the metrics at a path. */
export async function readMetrics(path: Path): Promise<readonly MetricSample[]> {
  // The answer is a text, and the parser checks it.
  const { checkAnswer, ...context } = contextOf(path)
  const result = await pathTo(context, String(path)).get()
  const text = await textOf(result)
  try {
    return parseMetrics(text)
  } catch (error) {
    if (!(error instanceof MetricSyntaxError)) throw error
    throw new APIException({ request: result.request, result, error: error.message })
  }
}

async function textOf(result: APIResult): Promise<string> {
  if (result.body === undefined) throw malformed(result, 'The answer is not OpenMetrics')
  return result.text()
}
