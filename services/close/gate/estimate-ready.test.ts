import { expect, test } from 'vitest'
import { describeEstimate, estimateReady } from './estimate-ready.ts'
import type { GateFacts, Lack } from './gate.ts'

const endMs = Date.parse('2026-10-31T23:00:00Z')
const graceEndMs = endMs + 24 * 3_600_000
const facts: GateFacts = {
  month: '2026-10',
  endMs,
  graceEndMs,
  stream: 'gateway.requests',
  logPartitions: 2,
  storedPartitions: 2,
  partitions: [],
  otherClocks: 'grace_over',
  sources: [],
  silent: [],
  shared: [],
  expected: [],
  reconciled: [],
  rejected: [],
  ruled: [],
  unknownRequests: 0,
  gaps: [],
  hasUsage: true,
  firstAppendTimeMs: null,
  otherStreams: [],
}
const reached = (nextOffset: number) => new Map([[1, { nextOffset }]])
const behind: Lack = { kind: 'partition_behind', partition: 1, nextOffset: 1_000, neededOffset: 5_000 }
const estimate = (lacks: Lack[], before: number, after: number, nowMs = graceEndMs) =>
  estimateReady(lacks, facts, { before: reached(before), after: reached(after), elapsedMs: 1_000 }, nowMs)

test('the grace has an end', () => {
  const running: Lack = { kind: 'grace_running', month: '2026-10', graceEndMs }
  expect(estimate([running], 0, 0, endMs)).toEqual({
    notBeforeMs: graceEndMs,
    basis: ['the grace ends at 2026-11-01T23:00:00.000Z'],
  })
})

test('what is behind catches up at the rate at which it was seen to', () => {
  // 500 offsets in a second, and 3 500 to go.
  expect(describeEstimate(estimate([behind], 1_000, 1_500))).toBe(
    'estimate: not before 2026-11-01T23:00:07.000Z; partition 1 is counted at the rate of the last 1.0 s in 7.0 s',
  )
})

test('the later of both holds, and what is counted by now needs no time', () => {
  const running: Lack = { kind: 'grace_running', month: '2026-10', graceEndMs }
  expect(estimate([running, behind], 1_000, 6_000, endMs).notBeforeMs).toBe(graceEndMs)
})

test('of a month that goes on, what is behind now says nothing about its end', () => {
  const running: Lack = { kind: 'month_running', month: '2026-10', endMs }
  expect(estimate([running, behind], 1_000, 1_000, endMs - 1)).toEqual({
    notBeforeMs: graceEndMs,
    basis: ['the grace ends at 2026-11-01T23:00:00.000Z'],
  })
})

test('what stands still, or waits for somebody, has no estimate, and that is said', () => {
  const missing: Lack = { kind: 'source_missing', source: 'gw1', missing: 3 }
  expect(describeEstimate(estimate([behind, missing], 1_000, 1_000))).toBe(
    'estimate: none; partition 1 was not counted further in 1.0 s; ' +
      '1 of 2 things missing wait for somebody, for which there is no estimate',
  )
})
