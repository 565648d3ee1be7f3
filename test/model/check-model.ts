import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** How far a model goes: everything that can happen within these bounds is looked at. */
type BlockBounds = {
  readonly RECORDS: number
  readonly WINDOW: number
  readonly CRASHES: number
  /** Inserts that take effect when whoever sent them has gone on or died. */
  readonly STRAYS: number
  readonly POWER_LOSSES: number
}

type SettlingBounds = Omit<BlockBounds, 'WINDOW' | 'POWER_LOSSES'>

type GrowthBounds = {
  readonly LINES: number
  readonly COPIES: number
  readonly CRASHES: number
  /** Of the operator, who says the same once more. */
  readonly REPEATED_WORDS: number
  /** Words without the stream's key. */
  readonly FORGERIES: number
}

type BlockMutation =
  | 'LEDGER_FIRST'
  | 'CONSTANT_VERSION'
  | 'RESUME_AT_COMMITTED_OFFSET'
  | 'NO_WINDOW'
  | 'NO_COMPARISON'
  | 'FAILED_FLUSH_GOES_ON'

type SettlingMutation =
  | 'PROGRESS_FIRST'
  | 'PROGRESS_PER_PARTITION'
  | 'OWN_PROGRESS'
  | 'NEW_AGAINST_NEW'
  | 'HASH_DECIDES'
  | 'COPIES_ALONE'
  | 'LEDGER_FIRST'

type GrowthMutation =
  | 'HIGHEST_POSITION'
  | 'NEW_AS_THE_STREAM_BEGAN'
  | 'NO_PLACES_BEFORE'
  | 'COMPARED_BY_PARTITION'
  | 'KNOWN_PARTITIONS_ALONE'
  | 'COUNTED_BEFORE_THE_WORD'
  | 'NOT_IN_LEDGER'
  | 'UNSIGNED_WORD'
  | 'TRIED_ELSEWHERE'

/** The model is a file beside this one. */
type Check = { readonly name: string } & (
  | {
      readonly model: 'block-protocol'
      readonly bounds: BlockBounds
      readonly mutation: BlockMutation | null
    }
  | {
      readonly model: 'settling'
      readonly bounds: SettlingBounds
      readonly mutation: SettlingMutation | null
    }
  | {
      readonly model: 'growth'
      readonly bounds: GrowthBounds
      readonly mutation: GrowthMutation | null
    }
)

type Outcome =
  | { readonly kind: 'holds'; readonly states: number }
  | { readonly kind: 'violated'; readonly assertion: string; readonly depth: number }

const CRASHING: BlockBounds = { RECORDS: 3, WINDOW: 1, CRASHES: 1, STRAYS: 1, POWER_LOSSES: 0 }
/** What the mutants need: the fewer orders there are, the sooner the one that breaks them is met. */
const NO_STRAYS: BlockBounds = { ...CRASHING, STRAYS: 0 }
const LOSING: BlockBounds = { RECORDS: 3, WINDOW: 1, CRASHES: 0, STRAYS: 0, POWER_LOSSES: 1 }
/** Nothing goes wrong but the order. */
const ORDERLY: SettlingBounds = { RECORDS: 3, CRASHES: 0, STRAYS: 0 }
const GROWING: GrowthBounds = { LINES: 2, COPIES: 1, CRASHES: 0, REPEATED_WORDS: 0, FORGERIES: 0 }
const ONE_LINE: GrowthBounds = { ...GROWING, LINES: 1, COPIES: 0 }

export const PROTOCOL: readonly Check[] = [
  ofBlocks('crashes, zombies and stray inserts', CRASHING),
  ofBlocks('power losses and zombies', LOSING),
  ofSettling('settling in any order', { ...ORDERLY, RECORDS: 4 }),
  ofSettling('settling with crashes', { ...ORDERLY, CRASHES: 1 }),
  ofSettling('settling with stray inserts', { ...ORDERLY, STRAYS: 1 }),
  ofGrowth('growing with lines in any order', { ...GROWING, LINES: 3, COPIES: 0 }),
  ofGrowth('growing with copies and crashes', { ...GROWING, CRASHES: 1 }),
  ofGrowth('growing with copies and a word that is said again', { ...GROWING, REPEATED_WORDS: 1 }),
  ofGrowth('growing with a forged word', { ...GROWING, COPIES: 0, FORGERIES: 1 }),
]
/** Takes some minutes and gigabytes. */
export const DEEP: readonly Check[] = [
  ofSettling('settling with all of it together', { ...ORDERLY, CRASHES: 1, STRAYS: 1 }),
  ofGrowth('growing with more lines and copies', { ...GROWING, LINES: 3 }),
  ofGrowth('growing with all else together', {
    LINES: 2,
    COPIES: 0,
    CRASHES: 1,
    REPEATED_WORDS: 1,
    FORGERIES: 1,
  }),
  ofBlocks('all of it together', { ...CRASHING, POWER_LOSSES: 1 }),
]
export const MUTANTS: readonly Check[] = [
  ofBlocks('the ledger before the rows', NO_STRAYS, 'LEDGER_FIRST'),
  ofBlocks('a constant version', NO_STRAYS, 'CONSTANT_VERSION'),
  ofBlocks('resuming at the committed offset', NO_STRAYS, 'RESUME_AT_COMMITTED_OFFSET'),
  ofBlocks('resuming without the window', NO_STRAYS, 'NO_WINDOW'),
  ofBlocks('a failed flush taken for done', NO_STRAYS, 'FAILED_FLUSH_GOES_ON'),
  ofBlocks('no comparison with the ledger', LOSING, 'NO_COMPARISON'),
  ofSettling('the progress before the rows', ORDERLY, 'PROGRESS_FIRST'),
  ofSettling('progress of two joined by partition', ORDERLY, 'PROGRESS_PER_PARTITION'),
  ofSettling('going on from what one has settled oneself', ORDERLY, 'OWN_PROGRESS'),
  ofSettling('only new ids against new ones', ORDERLY, 'NEW_AGAINST_NEW'),
  ofSettling('one hash taken for one id', ORDERLY, 'HASH_DECIDES'),
  ofSettling('only the copies kept', ORDERLY, 'COPIES_ALONE'),
  ofSettling('the ledger before the identities', ORDERLY, 'LEDGER_FIRST'),
  ofGrowth('lines told by their highest position behind the word', GROWING, 'HIGHEST_POSITION'),
  ofGrowth('a new partition begun as the stream began', GROWING, 'NEW_AS_THE_STREAM_BEGAN'),
  ofGrowth('no places of lines from before the word', GROWING, 'NO_PLACES_BEFORE'),
  ofGrowth('places compared by partition', GROWING, 'COMPARED_BY_PARTITION'),
  ofGrowth('a close that asks the known partitions alone', GROWING, 'KNOWN_PARTITIONS_ALONE'),
  ofGrowth('partitions counted before the word', ONE_LINE, 'COUNTED_BEFORE_THE_WORD'),
  ofGrowth('a word that the ledger does not keep', { ...ONE_LINE, CRASHES: 1 }, 'NOT_IN_LEDGER'),
  ofGrowth('a word believed without its signature', { ...ONE_LINE, FORGERIES: 1 }, 'UNSIGNED_WORD'),
  ofGrowth('a producer that tries again elsewhere before the word', GROWING, 'TRIED_ELSEWHERE'),
]

function ofBlocks(name: string, bounds: BlockBounds, mutation: BlockMutation | null = null): Check {
  return { name, model: 'block-protocol', bounds, mutation }
}

function ofSettling(name: string, bounds: SettlingBounds, mutation: SettlingMutation | null = null): Check {
  return { name, model: 'settling', bounds, mutation }
}

function ofGrowth(name: string, bounds: GrowthBounds, mutation: GrowthMutation | null = null): Check {
  return { name, model: 'growth', bounds, mutation }
}

const TIMEOUT_MS = 1_800_000
const DEPTH_MAX = 100_000
const run = promisify(execFile)

/** What is missing to check the model, or null. */
export async function findSpin(): Promise<string | null> {
  for (const [command, args, from] of [
    ['spin', ['-V'], 'the Debian package spin'],
    ['gcc', ['--version'], 'a C compiler'],
  ] as const) {
    const isThere = await run(command, args).then(
      () => true,
      () => false,
    )
    if (!isThere) return `there is no ${command} (${from})`
  }
  return null
}

/** Looks at every state that the model can reach. Throws when the search could not be done or not be finished. */
export async function checkModel({ model, bounds, mutation }: Check): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-model-'))
  try {
    const values = Object.entries(bounds).map(([name, value]) => `-D${name}=${value}`)
    const mutations = mutation === null ? [] : [`-D${mutation}`]
    const options = { cwd: folder, timeout: TIMEOUT_MS }
    const source = join(import.meta.dirname, `${model}.pml`)
    await run('spin', ['-a', ...values, ...mutations, source], options)
    // Safety alone: nothing is only true in the limit. States are kept whole, compressed, none hashed away.
    await run('gcc', ['-O2', '-w', '-DSAFETY', '-DCOLLAPSE', '-o', 'pan', 'pan.c'], options)
    const { stdout } = await run(join(folder, 'pan'), [`-m${DEPTH_MAX}`], options)
    return readOutcome(stdout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Pure: what spin's verifier printed. */
export function readOutcome(printed: string): Outcome {
  const violated = /^pan:\d+: (.+) \(at depth (\d+)\)$/m.exec(printed)
  if (violated !== null) {
    return { kind: 'violated', assertion: violated[1] ?? '', depth: Number(violated[2]) }
  }
  const states = /^\s*([\d.e+]+) states, stored$/m.exec(printed)
  const isComplete = / errors: 0$/m.test(printed) && !/max search depth too small|not completed/.test(printed)
  if (states === null || !isComplete) throw new Error(`spin did not finish its search:\n${printed}`)
  return { kind: 'holds', states: Number(states[1]) }
}
