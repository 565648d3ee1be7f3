import { expect, test } from 'vitest'
import { FAULTS, LONG, planFaults, SHORT } from './plan.ts'

const SEEDS = Array.from({ length: 50 }, (_, seed) => seed)

test('the same seed gives the same plan, another one another', () => {
  expect(planFaults(7, LONG)).toEqual(planFaults(7, LONG))
  expect(planFaults(7, LONG)).not.toEqual(planFaults(8, LONG))
})

test('the long form meets every fault, and more than twenty', () => {
  for (const seed of SEEDS) {
    const faults = planFaults(seed, LONG).map(({ fault }) => fault)
    expect(new Set(faults)).toEqual(new Set(FAULTS))
    expect(faults.length).toBeGreaterThan(20)
  }
})

test('the short form meets at least ten, and every one in one seed or another', () => {
  const met = SEEDS.flatMap(seed => planFaults(seed, SHORT).map(({ fault }) => fault))
  expect(new Set(met)).toEqual(new Set(FAULTS))
  for (const seed of SEEDS) expect(planFaults(seed, SHORT).length).toBeGreaterThanOrEqual(10)
})

test.each([SHORT, LONG])('each begins before the last event of the $name form', form => {
  for (const seed of SEEDS) {
    for (const { afterEvents } of planFaults(seed, form)) {
      expect(afterEvents).toBeGreaterThan(0)
      expect(afterEvents).toBeLessThan(form.eventsTotal)
    }
  }
})
