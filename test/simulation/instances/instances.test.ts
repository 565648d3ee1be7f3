import { describe, expect } from 'vitest'
import { testMutants, testReplay, testSeeds } from '../../support/simulation/test-seeds.ts'
import { simulateInstances } from './simulate-instances.ts'
import type { Mutation } from './vouched-log.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 500)
const SEEDS_OF_MUTANT_MAX = 5_000

testReplay(simulateInstances)

describe('no month is closed before every line is in that any shipper had to send', () => {
  testSeeds(
    `in ${SEEDS} seeds of several under one name, lost and copied progress, upgrades and hosts that go for good`,
    simulateInstances,
    SEEDS,
    kinds => {
      // Both must be common, or the runs would show little.
      expect(kinds.get('complete')).toBeGreaterThan(SEEDS * 0.1)
      expect(kinds.get('settled')).toBeGreaterThan(SEEDS * 0.1)
    },
  )
})

/** The right thing with one piece replaced by a wrong one: the simulation must tell each from it. */
const MUTANTS: Readonly<Record<string, Mutation>> = {
  'ids are ignored: all marks of a source are one voucher': { mark: ({ instance: _, ...mark }) => mark },
  'a new id takes the place of those before': { heard: heard => heard.slice(-1) },
  'whoever has vouched for least is left out': {
    heard: heard =>
      heard.length < 2 ? heard : heard.toSorted((a, b) => b.throughMs - a.throughMs).slice(0, -1),
  },
  'a shipper gives no mark before its first line': { mark: mark => (mark.file === '' ? null : mark) },
  'a progress that was begun anew is taken for one that was upgraded': {
    mark: mark =>
      mark.instance === undefined ? mark : { ...mark, instance: { ...mark.instance, wasUnnamed: true } },
  },
  'one that was upgraded never speaks for what it said without an id': {
    mark: mark =>
      mark.instance === undefined ? mark : { ...mark, instance: { ...mark.instance, wasUnnamed: false } },
    settled: settled => ({ ...settled, sequence: -1 }),
  },
  'a copy of the progress is not noticed': { heard: heard => heard.map(each => ({ ...each, copies: 0 })) },
  'one that was retired stays so, though it is heard again': {
    settled: settled => ({ ...settled, sequence: Number.MAX_SAFE_INTEGER }),
  },
  'a word on one that is gone settles nothing': { settled: settled => ({ ...settled, sequence: 0 }) },
}

testMutants(simulateInstances, MUTANTS, SEEDS_OF_MUTANT_MAX)
