import { namePlaces } from '@forbruk/schemas/rejected/name-places.ts'
import { MENDS_BYTES_MAX, mendsShape, waiverShape } from '@forbruk/schemas/rejected/settle-events.ts'
import { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { problemShape } from '../server/problem.ts'
import type { Operations } from './operations.ts'
import { settled } from './settled-answer.ts'

const before = z.int().describe('that were waived or mended before, and stay as they were')
const waivedShape = z.object({
  ...{ dryRun: z.boolean(), waived: z.int().describe('events'), before },
  left: z.int().describe('that were added up at the same time, and are to be waived by another request'),
})
const mendedShape = z.object({
  dryRun: z.boolean(),
  sent: z.int().describe('events; they count once the aggregator has come to them'),
  before,
})
const problems = { 400: problemShape, 409: problemShape, 422: problemShape }

/** What people do with rejected events, one by one or a month's of one reason. `dryRun` says what would be done. */
export function addRejectedEventRoutes(
  app: ConsoleServer,
  { waiveEvents, mendEvents }: Pick<Operations, 'waiveEvents' | 'mendEvents'>,
): void {
  app.post(
    '/v1/rejected/waivers',
    {
      config: { access: { role: 'closer', act: 'waive_events', subjectOf: nameEvents } },
      schema: {
        summary: 'Lets rejected events go, so that their month can be closed without them',
        body: waiverShape,
        response: { 200: waivedShape, ...problems },
      },
    },
    async ({ body }) => ({ dryRun: body.dryRun, ...settled(await waiveEvents(body)) }),
  )
  app.post(
    '/v1/rejected/mends',
    {
      bodyLimit: MENDS_BYTES_MAX,
      config: { access: { role: 'closer', act: 'mend_events', subjectOf: nameEvents } },
      schema: {
        summary: 'Sends rejected events again, mended; sent twice they count once',
        body: mendsShape,
        response: { 200: mendedShape, ...problems },
      },
    },
    async ({ body }) => ({ dryRun: body.dryRun, ...settled(await mendEvents(body)) }),
  )
}

const NAMED = z.looseObject({
  places: z.array(z.string()).default([]),
  mends: z.array(z.looseObject({ at: z.string() })).default([]),
  reasonCode: z.string().nullable().default(null),
  month: z.string().nullable().default(null),
})

/** For the audit log. */
function nameEvents(body: unknown): string {
  const { places, mends, reasonCode, month } = NAMED.parse(body)
  return reasonCode === null
    ? namePlaces([...places, ...mends.map(({ at }) => at)])
    : `${reasonCode} of ${month}`
}
