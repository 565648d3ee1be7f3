import { testReplay, testSeeds } from '../support/simulation/test-seeds.ts'
import { simulate } from './simulate.ts'

/** A taste of it, in a second or two: simulation.real.test.ts goes through all seeds and mutants. */
const SEEDS = 100

testReplay(simulate)
testSeeds(`every event is counted exactly once in ${SEEDS} seeds`, simulate, SEEDS)
