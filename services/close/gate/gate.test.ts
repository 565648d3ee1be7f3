import { NO_OBSTACLES } from '@forbruk/schemas/event/log-event.ts'
import { describe, expect, test } from 'vitest'
import { describeLack } from './describe-lack.ts'
import {
  canBeForced,
  type GateFacts,
  GRACE_MS,
  judgeMonth,
  type RejectedFacts,
  type SourceFacts,
} from './gate.ts'
import type { PartitionFacts } from './judge-partition.ts'

const endMs = Date.parse('2026-10-31T23:00:00Z')
const graceEndMs = endMs + GRACE_MS

const PARTITION: PartitionFacts = {
  partition: 3,
  startOffset: 0,
  endOffset: 140_000,
  graceOffset: 131_071,
  ledger: { firstOffset: 0, nextOffset: 131_072, brokenAt: null },
}
const SOURCE: SourceFacts = {
  source: 'gw1',
  throughMs: endMs,
  missing: 0,
  format: 'nginx-json',
  identity: 'line_position',
  givesMarks: true,
  obstacles: NO_OBSTACLES,
  instances: [],
  retired: null,
}
const REJECTED: RejectedFacts = {
  reason: 'client_missing',
  events: 40,
  waived: 0,
  ruled: 0,
  mended: 0,
  mending: 0,
  open: 40,
  example: '0:12',
}
const COMPLETE: GateFacts = {
  month: '2026-10',
  endMs,
  graceEndMs,
  stream: 'gateway.requests',
  logPartitions: 8,
  storedPartitions: 8,
  partitions: [PARTITION],
  otherClocks: 'grace_over',
  sources: [SOURCE],
  silent: [],
  shared: [],
  expected: [],
  reconciled: [],
  rejected: [],
  ruled: [],
  gaps: [],
  unknownRequests: 0,
  hasUsage: true,
  firstAppendTimeMs: endMs - 1,
  otherStreams: [],
}

test('a file that two sources have shipped is named with both', () => {
  const shared = [{ source: 'gw1', otherSource: 'gw2', file: 'ab12', events: 1_200 }]
  expect(lacks({ shared })).toEqual([
    'sources gw1 and gw2 have shipped the same file (ab12, at least 1 200 events): its requests are counted under ' +
      'both; ship it under one name into another topic and count that, or close with --force and a reason',
  ])
})

function lacks(changes: Partial<GateFacts>, nowMs = graceEndMs): string[] {
  return judgeMonth({ ...COMPLETE, ...changes }, nowMs).map(describeLack)
}
const partition = (changes: Partial<PartitionFacts>) =>
  lacks({
    partitions: [
      { ...PARTITION, partition: 0 },
      { ...PARTITION, ...changes },
    ],
  })
const ledger = (changes: Partial<NonNullable<PartitionFacts['ledger']>>) =>
  partition({ ledger: { firstOffset: 0, nextOffset: 131_072, brokenAt: null, ...changes } })

const GIVEN_UP =
  'the log had lost them, and an operator gave them up (disk died); close with --force and a reason'

test('what a gateway served and did not arrive is named, and too many as well', () => {
  const compared = {
    ...{
      stream: 's',
      source: 'gw1',
      reconciledAtMs: 3,
      fromTimeMs: 0,
      toTimeMs: 1_000,
      counter: 'kong',
      served: 9,
    },
    ...{ resets: 0, arrived: 5, rejected: 1, tolerance: 2, actor: 'kari' },
  }
  const [short = ''] = lacks({ reconciled: [compared] })
  expect(short).toContain(
    'by the counters of kong; 5 arrived and 1 were rejected, which is 3 too few, where 2 more',
  )
  expect(short).toContain('or close with --force and a reason')
  expect(lacks({ reconciled: [{ ...compared, arrived: 12 }] })[0]).toContain('is 4 too many')
  expect(lacks({ reconciled: [{ ...compared, arrived: 6 }] })).toEqual([])
})

test('a gap that an operator accepted', () => {
  const gap = {
    partition: 3,
    fromOffset: 4_096,
    toOffset: 8_192,
    reason: 'disk died',
    sinceMs: null,
    untilMs: null,
  }
  expect(lacks({ gaps: [gap, { ...gap, fromOffset: 8_192 }] })).toEqual([
    `partition 3: offsets 4 096 to 8 191 were never counted: ${GIVEN_UP}`,
    `partition 3: request ids from before offset 8 192 were not recognised any more: ${GIVEN_UP}`,
  ])
})

test("no month is closed on the word of this machine's clock alone where others have one, forced or not", () => {
  const otherClocks = 'grace_running'
  expect(lacks({ otherClocks })).toEqual([
    "nothing but this machine's clock, which shows 2026-11-01T23:00:00Z, says that the grace of 2026-10 ended at " +
      '2026-11-01T23:00:00Z: nothing was appended to the log since. Set the clock if it is wrong; if it is right, ' +
      'send any event or mark (forbruk ship), let forbruk aggregate catch up, and close again',
  ])
  expect(judgeMonth({ ...COMPLETE, otherClocks }, graceEndMs).map(canBeForced)).toEqual([false])
  expect(judgeMonth({ ...COMPLETE, otherClocks }, graceEndMs - 1).map(({ kind }) => kind)).toEqual([
    'grace_running',
  ])
  expect(lacks({ otherClocks: null })).toEqual([])
})

test('a complete month lacks nothing', () => {
  expect(lacks({})).toEqual([])
})

test('the month must be over, and its grace', () => {
  expect(lacks({}, endMs - 1)).toEqual(['2026-10 has not ended; it does at 2026-10-31T23:00:00Z'])
  expect(lacks({}, endMs)).toEqual(['2026-10 may still get late events; close it after 2026-11-01T23:00:00Z'])
  expect(lacks({}, graceEndMs - 1)).toHaveLength(1)
})

describe('a month that nothing is known of', () => {
  const empty = { ...PARTITION, endOffset: 0, graceOffset: null, ledger: null }
  const NOTHING =
    'nothing of stream gateway.requests was counted here; ' +
    'check KAFKA_TOPIC and FORBRUK_DATA_DIR, else run forbruk ship and forbruk aggregate'

  test('is none that nothing happened in: an empty log, another folder or another topic', () => {
    const facts = { partitions: [empty, empty], hasUsage: false, firstAppendTimeMs: null }
    expect(lacks({ ...facts, storedPartitions: null })).toEqual([NOTHING])
    expect(lacks({ partitions: [{ ...empty, endOffset: 5 }], hasUsage: false })).toContain(NOTHING)
  })

  test('as one that ended before the log took a record, unless its usage was counted later', () => {
    const before = { firstAppendTimeMs: endMs }
    expect(lacks({ ...before, hasUsage: false })).toEqual([
      '2026-10 ended before stream gateway.requests began at 2026-10-31T23:00:00Z, ' +
        'and no usage of it was counted; check the month, else ship its logs',
    ])
    expect(lacks({ ...before, hasUsage: true })).toEqual([])
  })

  test('and one without any usage', () => {
    const WITHOUT =
      'no source has sent any usage of 2026-10; check the month and the gateways; ' +
      'if there was none, close with --force and a reason'
    expect(lacks({ hasUsage: false })).toEqual([WITHOUT])
    expect(lacks({ hasUsage: false, firstAppendTimeMs: null })).toEqual([WITHOUT])
  })

  test('a person can vouch that there was none while the log was running, and for nothing else of it', () => {
    const kinds = (facts: Partial<GateFacts>) => {
      const judged = judgeMonth({ ...COMPLETE, hasUsage: false, ...facts }, graceEndMs)
      return judged.map(lack => [lack.kind, canBeForced(lack)])
    }
    expect(kinds({})).toEqual([['month_without_usage', true]])
    expect(kinds({ firstAppendTimeMs: endMs })).toEqual([['month_before_counting', false]])
    expect(kinds({ partitions: [empty] })).toEqual([['nothing_counted', false]])
  })
})

describe('a partition', () => {
  test('is counted past the first record after the grace', () => {
    expect(ledger({ nextOffset: 120_000 })).toEqual([
      'partition 3: aggregated to offset 120 000 of 131 072; run forbruk aggregate',
    ])
    expect(ledger({ nextOffset: 131_071 })).toHaveLength(1)
  })

  test('or, when none came since, to the end', () => {
    const idle = { graceOffset: null, endOffset: 1_000 }
    const at = (nextOffset: number) =>
      partition({ ...idle, ledger: { firstOffset: 0, nextOffset, brokenAt: null } })
    expect(at(1_000)).toEqual([])
    expect(at(999)).toEqual(['partition 3: aggregated to offset 999 of 1 000; run forbruk aggregate'])
  })

  test('may be empty', () => {
    expect(partition({ startOffset: 0, endOffset: 0, graceOffset: null, ledger: null })).toEqual([])
  })

  test('that nobody counted is not complete, even when all of it was appended late', () => {
    expect(partition({ graceOffset: 0, ledger: null })).toEqual([
      'partition 3: nothing aggregated of 1; run forbruk aggregate',
    ])
  })

  test('has a ledger without a break, from the start', () => {
    expect(ledger({ brokenAt: { endsAt: 4_096, resumesAt: 8_192 } })).toEqual([
      'partition 3: the ledger ends at offset 4 096 and goes on at 8 192; run forbruk audit',
    ])
    expect(ledger({ firstOffset: 64 })).toEqual([
      'partition 3: the ledger begins at offset 64, the log at 0; run forbruk audit',
    ])
  })

  test('must not have lost what was not counted', () => {
    expect(partition({ startOffset: 132_000, graceOffset: 135_000 })).toEqual([
      'partition 3: offsets 131 072 to 131 999 left the log before they were counted; ' +
        'restore the log, or close with --force and a reason',
    ])
    expect(partition({ startOffset: 131_071 })).toEqual([])
  })

  test('must not end before what was counted', () => {
    expect(partition({ endOffset: 100, graceOffset: null })).toEqual([
      'partition 3: the log ends at offset 100, the ledger at 131 072; check that the topic was not made anew',
    ])
  })
})

const SHIP = 'run forbruk ship, then forbruk aggregate; if it will ship no more, forbruk source retire'

test.each([
  [
    { throughMs: null, missing: 0 },
    `source gw1 has not said how far it shipped; expected 2026-10-31T23:00:00Z: ${SHIP}`,
  ],
  [
    { throughMs: endMs - 1, missing: 0 },
    `source gw1 shipped through 2026-10-31T22:59:59.999Z; expected 2026-10-31T23:00:00Z: ${SHIP}`,
  ],
  [
    { throughMs: endMs, missing: 1_200 },
    'source gw1 shipped 1 200 events that did not arrive; ship its files again',
  ],
  [{ throughMs: endMs, missing: -2 }, 'source gw1: 2 more events arrived than it shipped; run forbruk audit'],
])('a source must have shipped and lost nothing: %o', (source, expected) => {
  expect(lacks({ sources: [{ ...SOURCE, ...source }] })).toEqual([expected])
})

test('what stands in the way of a source is named, and holds up no month that it has shipped all of', () => {
  const listed = ['a', 'b', 'c', 'd'].map(name => ({
    ...{ reason: 'gone', path: `/log/${name}.log`, sinceMs: endMs },
  }))
  const open = { ...SOURCE, throughMs: endMs - 1, obstacles: { total: 20, listed } }
  const since = 'gone since 2026-10-31T23:00:00Z'
  expect(lacks({ sources: [open] })).toEqual([
    'source gw1 shipped through 2026-10-31T22:59:59.999Z; expected 2026-10-31T23:00:00Z; in its way: ' +
      `/log/a.log (${since}), /log/b.log (${since}), /log/c.log (${since}), 17 more: ` +
      'mend it on its host, or give it up there: forbruk source accept-loss gw1 FILE --reason TEXT',
  ])
  expect(lacks({ sources: [{ ...open, throughMs: endMs }] })).toEqual([])
})

test('an intake that comes no further is named with what to do about it, not what a shipper would do', () => {
  const halt = { reason: 'mostly_rejected', path: 'nginx.lines', sinceMs: endMs }
  const halted = { ...SOURCE, throughMs: endMs - 1, obstacles: { total: 1, listed: [halt] } }
  expect(lacks({ sources: [halted] })).toEqual([
    'source gw1 shipped through 2026-10-31T22:59:59.999Z; expected 2026-10-31T23:00:00Z; in its way: ' +
      'nginx.lines (mostly_rejected since 2026-10-31T23:00:00Z): mend the format, or what writes the log, and start ' +
      'forbruk intake again; --rejected-max 100 has it rejected',
  ])
})

test('a source that was retired is not waited for; what it lacked then is accepted, not what it lacks since', () => {
  const retired = { reason: 'host is gone', missing: 4 }
  const gone = { ...SOURCE, throughMs: null, missing: 4, retired }
  expect(lacks({ sources: [gone] })).toEqual([])
  expect(lacks({ sources: [{ ...gone, missing: 5 }] })).toHaveLength(1)
})

test('a source that is expected in the month, and never shipped, is missed like one that stopped', () => {
  const silent = { source: 'gw2', fromMonth: '2026-10', actor: 'kari' }
  const HELP = 'run forbruk ship, then forbruk aggregate; if it will not ship, forbruk source retire'
  expect(lacks({ silent: [silent, { ...silent, source: 'gw3', fromMonth: null }] })).toEqual([
    `source gw2 is expected from 2026-10 on and has never shipped anything: ${HELP}`,
    `source gw3 is expected and has never shipped anything: ${HELP}`,
  ])
  expect(lacks({ silent: [{ ...silent, fromMonth: '2026-11' }] })).toEqual([])
})

test('a gateway that gives no marks is not waited for: for it the grace stands', () => {
  const gateway = { ...SOURCE, source: '', throughMs: null, givesMarks: false }
  expect(lacks({ sources: [gateway] })).toEqual([])
})

test('rejected events must be mended and counted, or waived', () => {
  expect(lacks({ rejected: [REJECTED] })).toEqual([
    '40 rejected events of the month (client_missing, such as 0:12) are neither mended nor waived; ' +
      'see forbruk rejected list --month 2026-10, then forbruk rejected replay or waive',
  ])
  expect(lacks({ rejected: [{ ...REJECTED, open: 0, waived: 30, mended: 10 }] })).toEqual([])
  expect(lacks({ rejected: [{ ...REJECTED, open: 0, mending: 40 }] })).toEqual([
    '40 rejected events (client_missing) were mended and sent again, but are not counted yet; run forbruk aggregate',
  ])
})

test.each([
  [{ kind: 'number' }, 'its number a month'],
  [{ kind: 'share', sharePercent: '0.5', requests: '700000' }, '0.5 % of the 700 000 requests of the month'],
  [
    { kind: 'growth', month: '2026-09', events: 1_200 },
    'in the months before it waived 1 200 at most, in 2026-09',
  ],
] as const)(
  'a standing rule that speaks of more than it may waive is told with its numbers: %o',
  (bound, told) => {
    const ruled = {
      rule: 'strangers',
      reason: 'no key',
      actor: 'kari',
      events: 3_500,
      late: 0,
      eventsMax: 3_500,
      bound,
    }
    expect(lacks({ ruled: [ruled] })).toEqual([])
    expect(lacks({ ruled: [{ ...ruled, events: 12_000 }] })).toEqual([
      'standing rule strangers speaks of 12 000 rejected events of 2026-10 and may waive 3 500 at most: ' +
        `${told}; so it waives none: ` +
        'see forbruk rejected list --month 2026-10, then forbruk rejected replay or waive',
    ])
  },
)

test('the store must know the whole stream, and no other one of the month', () => {
  expect(lacks({ storedPartitions: 9 })).toEqual([
    'the log has 8 partitions, the store counted 9; check that both belong together',
  ])
  expect(lacks({ storedPartitions: null })).toEqual([
    'stream gateway.requests: the store holds its blocks, but not its record; run forbruk aggregate',
  ])
  expect(lacks({ otherStreams: ['old'] })).toEqual([
    'stream old holds usage of the month as well, which closing gateway.requests leaves out; check KAFKA_TOPIC',
  ])
})

test('what may wait in a partition that nobody agreed to count', () => {
  const beyond = (changes: Partial<PartitionFacts>) =>
    lacks({
      storedPartitions: 6,
      partitions: [
        PARTITION,
        { ...PARTITION, partition: 6, endOffset: 0, graceOffset: null, ledger: null, ...changes },
      ],
    })
  const said = (found: string) => [
    `partition 6 is not counted, and ${found}: the topic has got more partitions than the 6 that are counted; ` +
      'run forbruk stream grow, then forbruk aggregate',
  ]
  expect(beyond({})).toEqual([])
  expect(beyond({ endOffset: 1_200 })).toEqual(said('1 200 records wait there'))
  // What was appended behind the grace is of a later close.
  expect(beyond({ endOffset: 1_200, graceOffset: 0 })).toEqual([])
  expect(beyond({ endOffset: 1_200, graceOffset: 7 })).toEqual(said('7 records wait there'))
  const lost = said('what was there has left the log, so nobody can know')
  expect(beyond({ startOffset: 40, endOffset: 40 })).toEqual(lost)
})

test('everything that lacks is said at once', () => {
  const sources = [{ ...SOURCE, throughMs: null, missing: 5 }]
  expect(lacks({ sources, partitions: [{ ...PARTITION, ledger: null }] }, 0)).toHaveLength(5)
})

test('requests whose copies nobody can tell any more', () => {
  expect(lacks({ unknownRequests: 1_204 })).toEqual([
    '1 204 counted requests of the month may be the same as later ones: the log had lost their ids before they could ' +
      'be compared; restore the log, or close with --force and a reason',
  ])
  expect(canBeForced({ kind: 'copies_unknown', requests: 1 })).toBe(true)
})
