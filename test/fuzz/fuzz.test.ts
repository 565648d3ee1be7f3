import { UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { describe, expect, test } from 'vitest'
import { decodeRecord } from '../../schemas/wire/decode.ts'
import { Random } from '../simulation/random.ts'
import { deliver, newFold, record, take } from '../support/aggregator/fold-records.ts'
import { readRecords } from './corpus.ts'
import { mutate } from './mutate.ts'
import { listTargets, type Target } from './targets.ts'

/** In all, over what takes bytes; more with FUZZ_INPUTS, others with FUZZ_SEED. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 40_000)
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const TIMEOUT_MS = 60_000 + INPUTS * 10
/** What was taken and is odd is changed again; no more of it than this. */
const POOL_MAX = 2_000

const targets = listTargets()

describe(`${INPUTS} inputs, from seed ${SEED}`, () => {
  test.each(targets.map(target => [target.name, target] as const))(
    '%s takes or refuses each, and throws nothing',
    async (_, target) => {
      const { taken, refused, slowest } = await feed(target, Math.ceil(INPUTS / targets.length))
      console.log(`${target.name}: ${taken} taken, ${refused} refused; slowest ${slowest}`)
      expect(taken).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )

  test(
    'what is folded of records is what stood in them',
    () => foldRecords(Math.ceil(INPUTS / targets.length)),
    TIMEOUT_MS,
  )
})

/** Mostly of what is taken, and of what was taken after a change: so that an input comes near, and far. */
const NEAR_CHANCE = 0.8

async function feed({ name, seeds, take }: Target, inputs: number) {
  const random = new Random(SEED)
  const near: Buffer[] = []
  for (const seed of seeds) if (await take(seed)) near.push(seed)
  expect(near, `seeds that ${name} takes`).not.toEqual([])
  const nearMax = near.length + POOL_MAX
  let taken = 0
  let slowest = { ms: 0, bytes: 0 }
  for (let index = 0; index < inputs; index++) {
    const pool = random.chance(NEAR_CHANCE) ? near : seeds
    const input = mutate(random.pick(pool), random.pick(pool), random)
    const startMs = performance.now()
    const isTaken = await orReport(`${name}, input ${index} of seed ${SEED}`, input, take)
    const ms = performance.now() - startMs
    if (ms > slowest.ms) slowest = { ms, bytes: input.length }
    if (!isTaken) continue
    taken++
    if (near.length < nearMax) near.push(input)
  }
  return { taken, refused: inputs - taken, slowest: `${slowest.ms.toFixed(1)} ms of ${slowest.bytes} bytes` }
}

async function orReport(where: string, input: Buffer, take: Target['take']): Promise<boolean> {
  try {
    return await take(input)
  } catch (cause) {
    throw new Error(`${where} (base64): ${input.toString('base64')}`, { cause })
  }
}

const RECORDS_PER_FOLD = 500

function foldRecords(inputs: number): void {
  const random = new Random(SEED)
  const seeds = readRecords()
  for (let first = 0; first < inputs; first += RECORDS_PER_FOLD) {
    const values = Array.from({ length: RECORDS_PER_FOLD }, () =>
      mutate(random.pick(seeds), random.pick(seeds), random),
    )
    const fold = newFold()
    deliver(
      fold,
      values.map((value, offset) => record(offset, value)),
    )
    // A record may say that rules hold which are not known here: from there on nothing is folded.
    const folded = values.slice(0, fold.nextOffset)
    const ledger = take(fold, true)?.ledger ?? []
    const counted = ledger.reduce((sum, row) => sum + row.requests + row.duplicates + row.rejected, 0)
    expect(counted, `records from ${first} of seed ${SEED}`).toBe(
      folded.reduce((sum, value) => sum + eventsOf(value), 0),
    )
  }
}

const RULES = ['foldVersion', 'blockSize', 'windowSize'] as const

/** A word on how the stream is counted is rejected unless it is signed, but for the one that needs no signature. */
function eventsOf(value: Buffer): number {
  return decodeRecord(value).filter(event => {
    switch (event.kind) {
      case 'mark':
        return false
      case 'stream_version':
        return RULES.some(rule => event[rule] !== UNSIGNED_VERSION[rule])
      default:
        return true
    }
  }).length
}
