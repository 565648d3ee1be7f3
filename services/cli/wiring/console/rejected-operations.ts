import type { Mend } from '@forbruk/close/rejected/build-mended.ts'
import { parseCoordinates, RejectedEventError } from '@forbruk/close/rejected/coordinates.ts'
import { replayRejected } from '@forbruk/close/rejected/replay-rejected.ts'
import { rereadRejected } from '@forbruk/close/rejected/reread-rejected.ts'
import { waiveRejected } from '@forbruk/close/rejected/waive-rejected.ts'
import type { Operations } from '@forbruk/console/routes/operations.ts'
import type { SettledAnswer } from '@forbruk/console/routes/settled-answer.ts'
import { readSources } from '@forbruk/infra/ledger/sources/sources.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { GatewayFormatError } from '@forbruk/schemas/gateway/gateway-format-error.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { EventMend, Replay, Waiver } from '@forbruk/schemas/rejected/settle-events.ts'
import { openChosenFormat } from '../parts/read-format-file.ts'
import { type OriginalParts, openOriginals } from '../rejected/read-originals.ts'
import type { ReadParts } from './read-parts.ts'

type SettleParts = Pick<ReadParts, 'store' | 'stream' | 'openLog' | 'clock' | 'originals'> & {
  /** Of the tariff. */
  readonly timeZone: string
}

/** What people do with rejected events by the console. */
export function createRejectedOperations(
  parts: SettleParts,
): Pick<Operations, 'waiveEvents' | 'mendEvents' | 'replayEvents'> {
  const { store, stream, openLog, clock } = parts
  let isReplaying = false
  return {
    waiveEvents: waiver =>
      answer(async () => {
        const { reason, actor, dryRun: isTrial } = waiver
        const selection = selectEvents(waiver, parts.timeZone)
        return waiveRejected({ store, stream, selection, reason, actor, isTrial, clock })
      }),
    mendEvents: ({ mends, reason, actor, dryRun: isTrial }) =>
      answer(async () => {
        const sources = await readSources(store, stream)
        const formats = new Map(sources.map(({ source, format }) => [source, format]))
        return replayRejected({
          ...{ store, log: await openLog(), reason, actor, isTrial, clock },
          mends: mends.map(each => ({ at: parseCoordinates(each.at), mend: toMend(each) })),
          // By name alone: a path that a mark tells is none of this machine's.
          formatOf: source => openGatewayFormat(formats.get(source) ?? '', {}),
        })
      }),
    async replayEvents(replay, after) {
      if (isReplaying) return { kind: 'busy' }
      isReplaying = true
      const replaying = answer(() => reread(parts, replay, after))
      return replaying.finally(() => {
        isReplaying = false
      })
    },
  }
}

/** At most so many in one answer; who asks goes on where it ended. */
const GOES_MAX = 1

async function reread(
  { store, stream, openLog, clock, originals, timeZone }: SettleParts,
  replay: Omit<Replay, 'after'>,
  after: Parameters<typeof rereadRejected>[0]['after'],
) {
  const { source, reasonCode, month, partition, reason, actor, dryRun: isTrial } = replay
  const marked = new Map((await readSources(store, stream)).map(each => [each.source, each.format]))
  return rereadRejected({
    ...{ store, log: await openLog(), reason, actor, isTrial, clock, after, goesMax: GOES_MAX },
    filter: {
      ...{ source, reason: reasonCode, partition },
      range: month === null ? null : periodRange(parseBillingPeriod(month), timeZone),
    },
    readOriginals: openOriginals(originals, chooseReading(replay, originals, marked)),
  })
}

/**
 * As the intake of the source has it in this process, or its marks. By name alone, unless the operator's setting names
 * a file: a path that somebody sends, or a mark tells, is none of this machine's.
 */
function chooseReading(
  { format: named, clientField, integrationField }: Omit<Replay, 'after'>,
  { config }: OriginalParts,
  marked: ReadonlyMap<string, string>,
) {
  const intakeOf = (source: string) =>
    config.intakes.find(intake => (intake.get('source') ?? intake.get('topic')) === source)
  const fields = { client: clientField ?? undefined, integration: integrationField ?? undefined }
  return {
    formatOf(source: string) {
      const intake = intakeOf(source)
      if (named !== null || intake === undefined)
        return openGatewayFormat(named ?? marked.get(source) ?? '', fields)
      const chosen = {
        clientField: fields.client ?? intake.get('client-field'),
        integrationField: fields.integration ?? intake.get('integration-field'),
      }
      return openChosenFormat(intake.get('format') ?? '', chosen)
    },
    isFormatNamed: named !== null,
    files: [],
    standardInput: null,
    envelopeOf: (source: string) => intakeOf(source)?.get('envelope') ?? LINES_ALONE,
    bodyKey: null,
  }
}

const LINES_ALONE = 'lines'

function selectEvents({ places, reasonCode, month, statuses }: Waiver, timeZone: string) {
  if (reasonCode === null || month === null) return places.map(parseCoordinates)
  return { reason: reasonCode, statuses, range: periodRange(parseBillingPeriod(month), timeZone) }
}

function toMend({ set, line, vouchTime }: EventMend): Mend {
  const vouched = vouchTime ? ({ timeVouched: true } as const) : {}
  return line === null
    ? { kind: 'fields', fields: set ?? {}, ...vouched }
    : { kind: 'line', line, ...vouched }
}

async function answer<Result>(settling: () => Promise<Result>): Promise<SettledAnswer<Result>> {
  try {
    return { kind: 'settled', result: await settling() }
  } catch (error) {
    if (error instanceof RejectedEventError || error instanceof GatewayFormatError)
      return { kind: 'refused', detail: error.message }
    throw error
  }
}
