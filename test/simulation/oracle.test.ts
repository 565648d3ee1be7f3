import { expect, test } from 'vitest'
import { extendJudgement, type Judged } from './oracle.ts'
import type { SimulatedEvent } from './simulated-event.ts'

/** The one thing that nothing else is held against, on examples judged by hand. */
test('the oracle judges by its definition', () => {
  const judge = (identity: Extract<SimulatedEvent, { kind: 'request' }>['identity'], source = 's') =>
    ({
      kind: 'request',
      source,
      identity,
      clientId: 'a',
      integrationId: '',
      timeMs: 0,
      status: 200,
      requestBytes: 1,
      responseBytes: 1,
    }) as const
  const id = (name: string, source?: string) => judge({ kind: 'request_id', id: name }, source)
  const line = (file: string, position: number) => judge({ kind: 'position', file, position })
  const examples: [offset: number, event: SimulatedEvent, verdict: Judged['verdict']][] = [
    [5, id('a'), 'counted'],
    [9, id('a'), 'duplicate'],
    [13, id('a'), 'duplicate'],
    [14, id('a', 'other'), 'counted'],
    [18, id('a'), 'counted'],
    [19, line('f', 10), 'counted'],
    [20, line('f', 30), 'counted'],
    [21, line('f', 20), 'duplicate'],
    [22, line('g', 20), 'counted'],
    [90, line('f', 30), 'duplicate'],
    [91, judge({ kind: 'none' }), 'counted'],
    [92, judge({ kind: 'none' }), 'counted'],
    [93, { kind: 'rejected', reason: 'status_invalid', origin: line('f', 40) }, 'rejected'],
    [94, line('f', 40), 'duplicate'],
    [95, { kind: 'rejected', reason: 'record_empty', origin: null }, 'rejected'],
  ]
  const judged: Judged[] = []
  const records = examples.map(([offset, event]) => ({
    offset,
    appendTimeMs: 0,
    value: null,
    events: [event],
  }))
  extendJudgement(judged, [{ offset: 4, appendTimeMs: 0, value: null, events: [id('a')] }, ...records], {
    firstOffset: 5,
    blockSize: 16,
    windowSize: 4,
  })
  expect(judged.map(({ offset, verdict }) => [offset, verdict])).toEqual(
    examples.map(([offset, , verdict]) => [offset, verdict]),
  )
})
