import type { paths } from '../../client/generated/api.d.ts'
import { api, bodyOf, type Done } from './ask.ts'

type BodyOf<Path extends '/v1/rejected/waivers' | '/v1/rejected/mends' | '/v1/rejected/replays'> =
  NonNullable<paths[Path]['post']['requestBody']>['content']['application/json']
export type ReasonCode = NonNullable<BodyOf<'/v1/rejected/waivers'>['reasonCode']>
export type Mend = BodyOf<'/v1/rejected/mends'>['mends'][number]
/** Which lines are read again, and how. */
type Reading = Pick<BodyOf<'/v1/rejected/replays'>, 'month' | 'source' | 'format' | 'clientField'> & {
  readonly reasonCode: ReasonCode
}

/** What becomes of rejected events, why, and who says so. */
export type Settling = { readonly reason: string; readonly actor: string } & (
  | { readonly kind: 'waive'; readonly which: readonly string[] | { reasonCode: ReasonCode; month: string } }
  | { readonly kind: 'mend'; readonly mend: Mend }
  | { readonly kind: 'replay'; readonly reading: Reading }
)

type ReplayedLines = Done<'/v1/rejected/replays'>

/** How many events it is for; those before are waived or mended already. */
type Settled = {
  readonly events: number
  readonly before: number
  /** That stay as they were. */
  readonly left: number
  /** Some of these, and why. */
  readonly leftLines: readonly ReplayedLines['leftLines'][number][]
  /** Some of those that can be read, as they would count. */
  readonly readableLines: readonly ReplayedLines['readableLines'][number][]
}

/** A reason as the API lists it: one that it doesn't know is refused there. */
export function isReasonCode(text: string): text is ReasonCode {
  return /^[a-z_]+$/.test(text)
}

export async function settle(settling: Settling, dryRun: boolean): Promise<Settled> {
  const { reason, actor } = settling
  if (settling.kind === 'replay') return replay(settling.reading, { reason, actor, dryRun })
  if (settling.kind === 'mend') {
    const body = { mends: [settling.mend], reason, actor, dryRun }
    const { sent, before } = await bodyOf(api.POST('/v1/rejected/mends', { body }))
    return { ...NOTHING_LEFT, events: sent, before }
  }
  const { which } = settling
  const chosen = 'reasonCode' in which ? which : { places: [...which] }
  const { waived, before, left } = await bodyOf(
    api.POST('/v1/rejected/waivers', { body: { ...chosen, reason, actor, dryRun } }),
  )
  return { ...NOTHING_LEFT, events: waived, before, left }
}

const NOTHING_LEFT = { left: 0, leftLines: [], readableLines: [] } as const
const SHOWN_MAX = 5

/** Go by go, each of some thousand lines. */
async function replay(
  reading: Reading,
  by: { readonly reason: string; readonly actor: string; readonly dryRun: boolean },
): Promise<Settled> {
  let [events, before, left] = [0, 0, 0]
  const leftLines: Settled['leftLines'][number][] = []
  const readableLines: Settled['readableLines'][number][] = []
  let after: string | null = null
  do {
    const body = { ...reading, ...by, after }
    const go: ReplayedLines = await bodyOf(api.POST('/v1/rejected/replays', { body }))
    events += by.dryRun ? go.readable : go.sent
    before += go.before
    left += go.left
    leftLines.push(...go.leftLines.slice(0, SHOWN_MAX - leftLines.length))
    readableLines.push(...go.readableLines.slice(0, SHOWN_MAX - readableLines.length))
    after = go.next
  } while (after !== null)
  return { events, before, left, leftLines, readableLines }
}
