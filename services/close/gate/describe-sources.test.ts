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
  retired: null,
  ...changes,
})

const BY_LINE = 'each line of the log counts once, known by its place in its file.'

test('sources are told by what their bytes and their events are', () => {
  expect(
    describeSources([
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
  const [sentence] = describeSources(Array.from({ length: 9 }, (_, index) => gateway(`gw${index}`)))
  expect(sentence).toContain('Sources gw0, gw1, gw2, gw3, gw4 and 4 more:')
})
