import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { metrics } from '../../../src/index.ts'
import { parseMetrics } from '../../../src/shortcuts/usage/open-metrics.ts'
import { serve } from '../../servers/server.ts'

function parse(...lines: readonly string[]) {
  return parseMetrics(`${lines.join('\n')}\n# EOF\n`)
}

function parseOne(line: string) {
  const [sample] = parse(line)
  assert.ok(sample)
  return sample
}

test('a sample has its name without the prefix of its server, its labels, its value and its type', () => {
  for (const server of ['lxd', 'incus']) {
    const name = `${server}_cpu_seconds_total`
    const lines = [`# HELP ${name} The total.`, `# TYPE ${name} counter`, `${name}{cpu="0",name="web"} 1.5`]
    assert.deepEqual(parse(...lines), [
      {
        name: 'cpu_seconds_total',
        labels: { cpu: '0', name: 'web' },
        value: 1.5,
        type: 'counter',
        timestamp: undefined,
        exemplar: undefined,
      },
    ])
  }
})

test('the type is that of the family, and unknown where none is told', () => {
  const samples = parse(
    '# TYPE lxd_requests counter',
    'lxd_requests_total 1',
    '# TYPE lxd_memory_bytes gauge',
    'lxd_memory_bytes 2',
    '# TYPE lxd_time histogram',
    'lxd_time_bucket{le="+Inf"} 3',
    '# TYPE lxd_old untyped',
    'lxd_old 4',
    'go_threads 5',
  )
  assert.deepEqual(
    samples.map(({ name, type }) => [name, type]),
    [
      ['requests_total', 'counter'],
      ['memory_bytes', 'gauge'],
      ['time_bucket', 'histogram'],
      ['old', 'unknown'],
      ['go_threads', 'unknown'],
    ],
  )
})

test('numbers of all forms are read', () => {
  const values = {
    '8.106170368e+10': 81061703680,
    '-1': -1,
    '.5': 0.5,
    '7.': 7,
    '+Inf': Number.POSITIVE_INFINITY,
  }
  for (const [text, value] of Object.entries({
    ...values,
    '-Inf': Number.NEGATIVE_INFINITY,
    NaN: Number.NaN,
    '1e3': 1000,
  }))
    assert.equal(parseOne(`a ${text}`).value, value, text)
})

test('timestamps and exemplars are read', () => {
  const { value, timestamp, exemplar } = parseOne(
    'a_bucket{le="1"} 17 1520879607.789 # {trace="x"} 0.67 1520879606.1',
  )
  assert.deepEqual([value, timestamp], [17, 1520879607.789])
  assert.deepEqual(exemplar, { labels: { trace: 'x' }, value: 0.67, timestamp: 1520879606.1 })
  assert.deepEqual(parseOne('a 1 # {} 2').exemplar, { labels: {}, value: 2, timestamp: undefined })
})

test('labels may have any text, escaped', () => {
  const texts = fc.dictionary(
    fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(texts, labels => {
      const written = Object.entries(labels).map(([name, text]) => {
        const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
        return `${name}="${escaped}"`
      })
      const read = parseOne(`a{${written.join(',')}} 1`).labels
      assert.deepEqual({ ...read }, { ...labels })
    }),
  )
  assert.deepEqual(parseOne('a{b="c",} 1').labels, { b: 'c' })
})

test('what is malformed is an exception with the number and the text of the line', () => {
  const lines = [
    'a',
    'a ',
    'a one',
    'a 1 2 3',
    'a  1',
    '1a 1',
    'a{b} 1',
    'a{b=c} 1',
    'a{b="c} 1',
    'a{b="c" d="e"} 1',
    'a{b="c",b="d"} 1',
    'a{b="c"}1',
    'a 1 # 2',
    'a 1 # {b="c"}',
    'a 0x10',
    'a 1 ',
    '# comment',
    '# TYPE a number',
    '# TYPE a',
    '<html>',
    '{}',
  ]
  for (const line of lines)
    assert.throws(
      () => parse('# TYPE b gauge', 'b 1', line),
      ({ message }: Error) =>
        message.startsWith('Line 3 is not OpenMetrics, ') && message.includes(JSON.stringify(line)),
      line,
    )
  assert.throws(
    () => parse('# TYPE b gauge', '# TYPE b counter'),
    /^MetricSyntaxError: Line 2 .* second type/,
  )
})

test('a text that is cut off is an exception, and so is one that goes on behind its end', () => {
  const text = '# TYPE lxd_procs_total gauge\nlxd_procs_total{name="web"} 1\n# EOF'
  for (let length = 0; length < text.length; length++)
    assert.throws(() => parseMetrics(text.slice(0, length)), /Line \d/)
  assert.throws(
    () => parseMetrics(`${text}\na 1\n`),
    /Line 4 is not OpenMetrics, it stands behind # EOF: "a 1"/,
  )
  assert.equal(parseMetrics(text).length, 1)
})

test('metrics() reads those of the path’s project', async t => {
  const headers = { 'content-type': 'text/plain' }
  const { api, received } = await serve(t, { headers, body: 'lxd_warnings_total 3\n# EOF\n' })
  const samples = await metrics(api.with({ query: { project: 'web' } }))
  assert.deepEqual(
    samples.map(({ name, value }) => [name, value]),
    [['warnings_total', 3]],
  )
  assert.equal(received[0]?.url, '/1.0/metrics?project=web')
})

test('metrics() rejects with the transaction and the line where the answer is something else', async t => {
  const { api, origin } = await serve(t, { headers: { 'content-type': 'text/html' }, body: '<html>\n' })
  await assert.rejects(metrics(api), {
    name: 'APIException',
    message: `GET ${origin}/1.0/metrics Line 1 is not OpenMetrics, no name: "<html>"`,
  })
  const json = await serve(t, { json: { type: 'sync', status_code: 200, metadata: {} } })
  await assert.rejects(metrics(json.api), /The answer is not OpenMetrics/)
})
