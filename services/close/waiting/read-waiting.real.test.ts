import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { expect, test } from 'vitest'
import { OCTOBER, TARIFF, useInstallation } from '../../../test/support/close/close-october.ts'
import {
  appendRecords,
  flushBlock,
  OCTOBER_END_MS,
  OCTOBER_USES,
  REGISTRY,
  TOPIC,
  writeRegistry,
} from '../../../test/support/close/counted-month.ts'
import { addStep } from '../dialogue/add-step.ts'
import { compareRegistries } from '../registry/compare-registries.ts'
import { exceptionSumsReader } from '../revision/read-exception-sums.ts'
import type { CloseSchedule } from '../schedule/plan-closes.ts'
import { readWaiting } from './read-waiting.ts'

const { place, close, importAll, countAll } = useInstallation()
const BY_PEOPLE: CloseSchedule = { expression: null, timeZone: 'Europe/Oslo', from: null }
const waiting = async (schedule = BY_PEOPLE, tariff = TARIFF) => {
  const { store, clock } = place()
  const topics = { stream: TOPIC, statementsTopic: 'billing.statements' }
  const isSameRegistry = compareRegistries(store)
  const kept = { isSameRegistry, readExceptionSums: exceptionSumsReader(store) }
  const options = { store, ...topics, schedule, tariff, ...kept, uncounted: null }
  return (await readWaiting(options, clock.nowMs)).waiting
}
const kinds = async () => (await waiting()).map(({ kind }) => kind)
const details = async () => (await waiting()).map(({ detail }) => detail)
const decide = (caseId: string, outcome: 'charge' | 'waived') =>
  addStep({
    store: place().store,
    clock: () => place().clock.nowMs,
    ...{ caseId, actor: 'kari' },
    action: {
      kind: 'decide',
      outcome,
      months: null,
      note: 'agreed',
      withoutContact: outcome === 'charge' ? 'x' : null,
    },
  })
const use = (requests: number | bigint, timeMs?: number) => ({
  ...{ client: 'firma', integration: 'shop', requests, requestBytes: 1 },
  ...(timeMs === undefined ? {} : { timeMs }),
})

test('a month waits until it is closed, and then what its revision charges nobody for', async () => {
  await countAll()
  const unknown = { client: 'ukjent', integration: 'shop', requests: 3, responseBytes: 120_000_000_000 }
  const more = { client: 'fremmed', integration: 'shop', requests: 40 }
  const uses = [...OCTOBER_USES.slice(2), unknown, more]
  await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses })
  place().clock.nowMs -= 1
  expect(await waiting()).toEqual([])
  place().clock.nowMs += 1
  expect(await kinds()).toEqual(['month_open'])
  await close()
  expect(await waiting()).toEqual([
    {
      ...{ kind: 'exceptions', month: '2026-10', revision: 1, exception: 'unknown_client', exceptions: 2 },
      ...{ requests: '43', bytes: '120000000000', clientId: 'ukjent' },
      detail:
        '2026-10 r1 charges nobody for 43 requests and 120 000 000 000 bytes ' +
        'by clients that the registry does not know, the most of 2 by ukjent',
      todo:
        'correct the registry (forbruk registry import DIR --valid-from 2026-10), ' +
        'then forbruk close 2026-10 --dry-run, which names the difference that --accept takes',
    },
  ])
})

test.each([
  ['in a block above the cut', 2, [use(1)], true],
  ['in a block above it that begins before the month', 2, [use(1, OCTOBER_END_MS), use(1)], true],
  ['in one that has hours before and after as well', 2, [use(1), use(1, 0), use(1, OCTOBER_END_MS)], true],
  ['but not of the next month', 2, [use(1, OCTOBER_END_MS)], false],
  ['nor around it', 2, [use(1, OCTOBER_END_MS), use(1, 946_684_800_000)], false],
])('usage that is counted after the close is known %s', async (_, block, uses, isLater) => {
  await countAll()
  await close()
  expect(await kinds()).toEqual([])
  await flushBlock(place().store, { partition: 0, block, nextOffset: block * 8 + 1, uses })
  expect(await kinds()).toEqual(isLater ? ['later_usage'] : [])
})

test('where a block goes on above the cut, the usage itself is compared, until a revision has it', async () => {
  await countAll()
  await place().store.command('TRUNCATE TABLE usage_rollup')
  await flushBlock(place().store, { partition: 0, block: 0, nextOffset: 8, uses: OCTOBER_USES.slice(0, 2) })
  const flush = (nextOffset: number, october: number, november: number) =>
    flushBlock(place().store, {
      ...{ partition: 0, block: 1, nextOffset },
      uses: [...OCTOBER_USES.slice(2, 3), use(7 + october), use(9 + november, OCTOBER_END_MS)],
    })
  await flush(11, 0, 0)
  await close()
  expect(await kinds()).toEqual([])
  await appendRecords(place().log, 0, 2)
  await flush(12, 0, 1)
  expect(await kinds()).toEqual([])
  await flush(13, 1, 1)
  expect(await details()).toEqual(['usage of 2026-10 was counted after r1 was closed'])
  expect(await close()).toMatchObject({ revision: 2 })
  expect(await waiting()).toEqual([])
})

test('a decision waits until a statement has it', async () => {
  await countAll()
  await close()
  await decide('firma/2026-10', 'charge')
  expect(await details()).toEqual(['2026-10: what was decided in firma/2026-10 is on no statement yet'])
  await close()
  expect(await waiting()).toEqual([])
})

test('an open case whose overage is gone waits for its end, and then for nothing', async () => {
  await countAll()
  await close()
  const [first, ...rest] = OCTOBER_USES
  const less = first === undefined ? [] : [{ ...first, requests: 499_999 }]
  await place().store.command('TRUNCATE TABLE usage_rollup')
  await flushBlock(place().store, {
    partition: 0,
    block: 0,
    nextOffset: 8,
    uses: [...less, ...rest.slice(0, 1)],
  })
  await flushBlock(place().store, { partition: 0, block: 1, nextOffset: 11, uses: rest.slice(1) })
  await close()
  expect(await details()).toEqual([
    'case firma/2026-10 of Firma AS is open, and 2026-10 has no overage any more',
  ])
  await decide('firma/2026-10', 'waived')
  expect(await waiting()).toEqual([])
  expect(await close()).toMatchObject({ outcome: 'unchanged' })
})

test('a first close by a person, an approval, and a registry or a tariff that came since', async () => {
  const scheduled = { ...BY_PEOPLE, expression: '0 6 2 * *' }
  await countAll()
  place().clock.nowMs += 86_400_000
  expect(await waiting(scheduled)).toMatchObject([{ kind: 'no_first_month', month: '2026-10' }])
  await close({ announce: 'after-approval' })
  const approval = { kind: 'approval', month: '2026-10', revisions: [1] }
  expect(await waiting()).toMatchObject([approval])

  const later = `${REGISTRY['activations.csv']}byrå,web,2026-11-01,\n`
  await writeRegistry(place().folder, { 'activations.csv': later })
  await importAll(OCTOBER)
  expect(await waiting()).toMatchObject([approval])
  const renamed = REGISTRY['clients.csv'].replace('Firma AS', 'Firma ASA')
  await writeRegistry(place().folder, { 'clients.csv': renamed })
  await importAll(parseBillingPeriod('2026-11'))
  expect(await waiting()).toMatchObject([approval])
  await importAll(OCTOBER)
  const changed = { kind: 'inputs_changed', month: '2026-10', revision: 1 }
  expect(await waiting()).toMatchObject([{ ...changed, causes: ['registry'] }, approval])
  const versions = TARIFF.versions.map(version => ({ ...version, note: 'another' }))
  expect(await waiting(BY_PEOPLE, { ...TARIFF, versions })).toMatchObject([
    { ...changed, causes: ['registry', 'tariff'] },
    approval,
  ])

  await close({ accept: ['registry'] })
  expect(await waiting()).toMatchObject([{ ...approval, revisions: [1, 2] }])
})
