import type { paths } from '../../client/generated/api.d.ts'
import { api, bodyOf } from './ask.ts'

type BodyOf<Path extends '/v1/rejected/waivers' | '/v1/rejected/mends'> = NonNullable<
  paths[Path]['post']['requestBody']
>['content']['application/json']
export type ReasonCode = NonNullable<BodyOf<'/v1/rejected/waivers'>['reasonCode']>
export type Mend = BodyOf<'/v1/rejected/mends'>['mends'][number]

/** What becomes of rejected events, why, and who says so. */
export type Settling = { readonly reason: string; readonly actor: string } & (
  | { readonly kind: 'waive'; readonly which: readonly string[] | { reasonCode: ReasonCode; month: string } }
  | { readonly kind: 'mend'; readonly mend: Mend }
)

/** How many events it is for; those before are waived or mended already. */
type Settled = { readonly events: number; readonly before: number }

/** A reason as the API lists it: one that it doesn't know is refused there. */
export function isReasonCode(text: string): text is ReasonCode {
  return /^[a-z_]+$/.test(text)
}

export async function settle(settling: Settling, dryRun: boolean): Promise<Settled> {
  const { reason, actor } = settling
  if (settling.kind === 'mend') {
    const body = { mends: [settling.mend], reason, actor, dryRun }
    const { sent, before } = await bodyOf(api.POST('/v1/rejected/mends', { body }))
    return { events: sent, before }
  }
  const { which } = settling
  const chosen = 'reasonCode' in which ? which : { places: [...which] }
  const { waived, before } = await bodyOf(
    api.POST('/v1/rejected/waivers', { body: { ...chosen, reason, actor, dryRun } }),
  )
  return { events: waived, before }
}
