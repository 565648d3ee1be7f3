import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { expect, test } from 'vitest'
import { describeSources } from './describe-sources.ts'
import type { SourceFacts } from './gate.ts'

const gateway = (source: string, changes: Partial<SourceFacts> = {}): SourceFacts => ({
  source,
  throughMs: null,
  missing: 0,
  format: 'nginx-json',
  identity: 'line_position',
  givesMarks: true,
  obstacles: NO_OBSTACLES,
  instances: [],
  retired: null,
  ...changes,
})

const describe = (sources: readonly SourceFacts[]) => describeSources({ sources, reconciled: [] })

const BY_LINE = 'each line of the log counts once, known by its place in its file.'

test('sources are told by what their bytes and their events are', () => {
  expect(
    describe([
      gateway('gw1'),
      gateway('gw2'),
      gateway('old', { format: 'combined' }),
      gateway('', { format: '', identity: 'request_id_or_none' }),
    ]),
  ).toEqual([
    `Sources gw1, gw2: format nginx-json, whose bytes are those of headers and body; ${BY_LINE}`,
    `Sources old: format combined, whose bytes are those of the body alone; ${BY_LINE}`,
    'Sources (gateway): bytes as the gateway sends them; ' +
      "an event counts once by the gateway's request id; without one it counts as it comes.",
  ])
})

test('many sources are not all named', () => {
  const [sentence] = describe(Array.from({ length: 9 }, (_, index) => gateway(`gw${index}`)))
  expect(sentence).toContain('Sources gw0, gw1, gw2, gw3, gw4 and 4 more:')
})

test('what was compared with a gateway’s own counters is told as well', () => {
  const reconciled = {
    ...{
      stream: 's',
      source: 'gw1',
      reconciledAtMs: 3,
      fromTimeMs: 0,
      toTimeMs: 1_000,
      counter: 'told',
      served: 5,
    },
    ...{ resets: 0, arrived: 5, rejected: 0, tolerance: 0, actor: 'kari' },
  }
  expect(describeSources({ sources: [], reconciled: [reconciled] })).toEqual([
    'Source gw1: its gateway served 5 requests from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z, ' +
      'as a person told it; 5 arrived, which agrees.',
  ])
})
