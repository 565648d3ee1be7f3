import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** How far the model goes: everything that can happen within these bounds is looked at. */
type Bounds = {
  readonly RECORDS: number
  readonly WINDOW: number
  readonly CRASHES: number
  /** Inserts that take effect when whoever sent them has gone on or died. */
  readonly STRAYS: number
  readonly POWER_LOSSES: number
}

type Mutation =
  | 'LEDGER_FIRST'
  | 'CONSTANT_VERSION'
  | 'RESUME_AT_COMMITTED_OFFSET'
  | 'NO_WINDOW'
  | 'NO_COMPARISON'
  | 'FAILED_FLUSH_GOES_ON'

type Check = { readonly name: string; readonly bounds: Bounds; readonly mutation: Mutation | null }

type Outcome =
  | { readonly kind: 'holds'; readonly states: number }
  | { readonly kind: 'violated'; readonly assertion: string; readonly depth: number }

const CRASHING: Bounds = { RECORDS: 3, WINDOW: 1, CRASHES: 1, STRAYS: 1, POWER_LOSSES: 0 }
/** What the mutants need: the fewer orders there are, the sooner the one that breaks them is met. */
const NO_STRAYS: Bounds = { ...CRASHING, STRAYS: 0 }
const LOSING: Bounds = { RECORDS: 3, WINDOW: 1, CRASHES: 0, STRAYS: 0, POWER_LOSSES: 1 }

export const PROTOCOL: readonly Check[] = [
  { name: 'crashes, zombies and stray inserts', bounds: CRASHING, mutation: null },
  { name: 'power losses and zombies', bounds: LOSING, mutation: null },
]
/** Takes some minutes and gigabytes. */
export const DEEP: readonly Check[] = [
  { name: 'all of it together', bounds: { ...CRASHING, POWER_LOSSES: 1 }, mutation: null },
]
export const MUTANTS: readonly Check[] = [
  { name: 'the ledger before the rows', bounds: NO_STRAYS, mutation: 'LEDGER_FIRST' },
  { name: 'a constant version', bounds: NO_STRAYS, mutation: 'CONSTANT_VERSION' },
  { name: 'resuming at the committed offset', bounds: NO_STRAYS, mutation: 'RESUME_AT_COMMITTED_OFFSET' },
  { name: 'resuming without the window', bounds: NO_STRAYS, mutation: 'NO_WINDOW' },
  { name: 'a failed flush taken for done', bounds: NO_STRAYS, mutation: 'FAILED_FLUSH_GOES_ON' },
  { name: 'no comparison with the ledger', bounds: LOSING, mutation: 'NO_COMPARISON' },
]

const MODEL = join(import.meta.dirname, 'block-protocol.pml')
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
export async function checkModel({ bounds, mutation }: Check): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'forbruk-model-'))
  try {
    const values = Object.entries(bounds).map(([name, value]) => `-D${name}=${value}`)
    const mutations = mutation === null ? [] : [`-D${mutation}`]
    const options = { cwd: folder, timeout: TIMEOUT_MS }
    await run('spin', ['-a', ...values, ...mutations, MODEL], options)
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
