import { expect, test } from 'vitest'
import { FAULTS, FAULTS_OF_THREE, LONG, OF_THREE, planFaults, SHORT, typicalSeconds } from './plan.ts'

const SEEDS = Array.from({ length: 50 }, (_, seed) => seed)

test('the same seed gives the same plan, another one another', () => {
  expect(planFaults(7, LONG)).toEqual(planFaults(7, LONG))
  expect(planFaults(7, LONG)).not.toEqual(planFaults(8, LONG))
})

test('the long form meets every fault by itself, and more than twenty in all', () => {
  for (const seed of SEEDS) {
    const steps = planFaults(seed, LONG)
    expect(new Set(steps.filter(({ length }) => length === 1).flat())).toEqual(new Set(FAULTS))
    expect(steps.flat().length).toBeGreaterThan(20)
  }
})

test('the short form meets at least ten, and every one in one seed or another', () => {
  const met = SEEDS.flatMap(seed => planFaults(seed, SHORT).flat())
  expect(new Set(met)).toEqual(new Set(FAULTS))
  for (const seed of SEEDS) expect(planFaults(seed, SHORT).flat().length).toBeGreaterThanOrEqual(10)
})

test('with three brokers each of their faults comes by itself, and beside one of an aggregator or the store', () => {
  for (const seed of SEEDS) {
    const steps = planFaults(seed, OF_THREE)
    for (const fault of FAULTS_OF_THREE) {
      const lengths = steps.filter(step => step.includes(fault)).map(({ length }) => length)
      expect(lengths.toSorted()).toEqual([1, 2])
    }
  }
})

test('the long form takes about twenty minutes, and its events suffice to count all the time', () => {
  for (const seed of SEEDS) {
    const seconds = planFaults(seed, LONG).reduce((sum, step) => sum + typicalSeconds(step), 0)
    expect(seconds / 60).toBeGreaterThan(9)
    expect(seconds / 60).toBeLessThan(22)
    expect(LONG.eventsTotal / seconds).toBeLessThan(LONG.eventsPerSecond)
  }
})
