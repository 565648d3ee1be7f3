import { describe, expect } from 'vitest'
import { testMutants, testReplay, testSeeds } from '../../support/simulation/test-seeds.ts'
import { MUTANTS } from './mutants.ts'
import { simulateIntake } from './simulate-intake.ts'

const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 1_000)
const SEEDS_OF_MUTANT_MAX = 2_000

testReplay(simulateIntake)

describe('each line of the topic is counted once, or told as missing', () => {
  testSeeds(
    `in ${SEEDS} seeds of crashes, lost answers, several intakes at once, new formats and retention`,
    simulateIntake,
    SEEDS,
    kinds => {
      expect(kinds.get('complete')).toBeGreaterThan(SEEDS * 0.3)
      expect(kinds.get('lossy')).toBeGreaterThan(SEEDS * 0.02)
    },
  )
})

testMutants(simulateIntake, MUTANTS, SEEDS_OF_MUTANT_MAX)
