import type { Scope } from '@forbruk/schemas/access/scope.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { LANGUAGES, type Language } from '@forbruk/schemas/statement/language.ts'
import { decimalShape, statementLineShape } from '@forbruk/schemas/statement/statement.ts'
import { type TariffVersion, tariffVersionShape } from '@forbruk/schemas/tariff/read-tariff.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { countText } from './month-facts.ts'
import { found, monthParameter } from './parameters.ts'

const querystring = z.strictObject({
  month: monthParameter.optional().describe('this one, unless another is named'),
})

const language = z
  .enum(LANGUAGES)
  .default('en')
  .describe('of what is said in words: Norwegian (bokmål) or English')
const termsQuery = querystring.extend({ language })

const heldShape = z.object({ from: z.string().nullable(), until: z.string().nullable() })
const versionShape = z.object({
  sequence: z.int(),
  importId: z.string(),
  importedAt: z.string(),
  holds: heldShape
    .nullable()
    .describe('the months it holds for, half-open; null where a later import corrected all of it'),
  clients: z.int(),
  partners: z.int(),
  integrations: z.int(),
  activations: z.int(),
})

const registryShape = z.object({
  month: z.string(),
  holding: versionShape.nullable().describe('what the month is rated with; null where none holds'),
  imports: z.array(versionShape).readonly().describe('every one, newest first'),
})

const tariffShape = z.object({
  month: z.string(),
  currency: z.string(),
  timeZone: z.string(),
  version: tariffVersionShape.describe('what the month is rated with'),
  sentences: z.array(z.string()).readonly().describe('the same in words, as statements print it'),
  versions: z.array(z.string()).readonly().describe('the first month of each version, oldest first'),
})

const countQuery = z
  .string()
  .regex(/^[0-9]{1,18}$/)
  .default('0')

const priceShape = z.object({
  month: z.string(),
  requests: countText,
  bytes: countText,
  lines: z
    .array(statementLineShape)
    .readonly()
    .describe('of what is above the allowances; none, within both'),
  amountNok: decimalShape,
})

const amountsShape = z.object({ payableNok: decimalShape, proposedNok: decimalShape })
const draftShape = z.object({
  month: z.string(),
  revision: z.int().describe('what was charged by it is compared with'),
  sentences: z.array(z.string()).readonly().describe('the draft in words'),
  charged: amountsShape,
  draft: amountsShape,
  clientsTotal: z.int(),
  clientsChanged: z
    .int()
    .describe(
      'clients whose use is no longer what the revision has: counted later, or mended; theirs shows as well',
    ),
  clients: z
    .array(
      z.object({
        clientId: z.string(),
        clientName: z.string(),
        payerId: z.string(),
        charged: amountsShape,
        draft: amountsShape,
        differenceNok: decimalShape.describe('of both together; below 0 where the draft is cheaper'),
      }),
    )
    .readonly()
    .describe('the largest differences first, at most `limit`'),
})

type DraftAnswer =
  | { readonly kind: 'rated'; readonly rated: z.input<typeof draftShape> }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] }

/**
 * What a month is rated by; of the running month where none is named. What will hold in later months is told to those
 * who see everybody's figures: nobody else was promised it.
 */
export type TermsReads = {
  /** What so much that counts comes to. Null: no tariff holds for the month. */
  priceUse(
    scope: Scope,
    period: BillingPeriod | null,
    use: { readonly requests: bigint; readonly bytes: bigint; readonly language: Language },
  ): Promise<z.input<typeof priceShape> | null>
  /** Null: the month is not closed. */
  rateDraft(
    period: BillingPeriod,
    draft: { readonly version: TariffVersion; readonly language: Language; readonly clientsMax: number },
  ): Promise<DraftAnswer | null>
  readRegistry(period: BillingPeriod | null): Promise<z.input<typeof registryShape>>
  /** Null: none holds for the month. */
  readTariff(
    scope: Scope,
    period: BillingPeriod | null,
    language: Language,
  ): Promise<z.input<typeof tariffShape> | null>
}

export function addTermsRoutes(app: ConsoleServer, reads: TermsReads): void {
  const { readRegistry, readTariff } = reads
  addPrice(app, reads)
  addWhatIf(app, reads)
  const toPeriod = (month: string | undefined) => (month === undefined ? null : parseBillingPeriod(month))
  app.get(
    '/v1/registry',
    {
      config: { access: { role: 'reader' } },
      schema: {
        summary: 'Which import of the registry holds for a month, and every other one',
        querystring,
        response: { 200: registryShape },
      },
    },
    ({ query }) => readRegistry(toPeriod(query.month)),
  )
  app.get(
    '/v1/tariff',
    {
      config: { access: { role: 'reader', isScoped: true } },
      schema: {
        summary: 'The prices, allowances and definitions that hold for a month',
        querystring: termsQuery,
        response: { 200: tariffShape, 404: problemShape },
      },
    },
    async ({ query, caller }) => {
      const tariff = await readTariff(caller.scope, toPeriod(query.month), query.language)
      return found(tariff, NO_TARIFF)
    },
  )
}

const NO_TARIFF = 'no tariff holds for the month yet'

function addPrice(app: ConsoleServer, { priceUse }: Pick<TermsReads, 'priceUse'>): void {
  app.get(
    '/v1/tariff/price',
    {
      config: { access: { role: 'reader', isScoped: true } },
      schema: {
        summary: 'What so many requests and bytes that count come to in a month, beside access and tiers',
        querystring: termsQuery.extend({ requests: countQuery, bytes: countQuery }),
        response: { 200: priceShape, 404: problemShape },
      },
    },
    async ({ query, caller }) => {
      const { language } = query
      const use = { requests: BigInt(query.requests), bytes: BigInt(query.bytes), language }
      const period = query.month === undefined ? null : parseBillingPeriod(query.month)
      return found(await priceUse(caller.scope, period, use), NO_TARIFF)
    },
  )
}

const CLIENTS_MAX = 10_000

function addWhatIf(app: ConsoleServer, { rateDraft }: Pick<TermsReads, 'rateDraft'>): void {
  app.post(
    '/v1/months/:month/what-if',
    {
      config: { access: { role: 'reader', act: null } },
      schema: {
        summary: 'A closed month rated with a draft tariff, against what was charged; nothing is recorded',
        params: z.strictObject({ month: monthParameter }),
        body: z.strictObject({
          version: tariffVersionShape.describe('the draft, as a version in a tariff file'),
          limit: z.int().min(1).max(CLIENTS_MAX).default(1_000),
          language,
        }),
        response: { 200: draftShape, 404: problemShape, 422: problemShape },
      },
    },
    async ({ params, body }) => {
      const period = parseBillingPeriod(params.month)
      const { version, language, limit: clientsMax } = body
      const draft = { version, language, clientsMax }
      const answer = found(await rateDraft(period, draft), `${period.month} is not closed`)
      if (answer.kind === 'rated') return answer.rated
      throw new ProblemError({
        kind: 'tariff_faulty',
        status: 422,
        detail: `the draft can't be used: ${answer.faults.join('; ')}`,
        more: { faults: answer.faults },
      })
    },
  )
}
