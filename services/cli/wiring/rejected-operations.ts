import type { Mend } from '@forbruk/close/rejected/build-mended.ts'
import { parseCoordinates, RejectedEventError } from '@forbruk/close/rejected/coordinates.ts'
import { replayRejected } from '@forbruk/close/rejected/replay-rejected.ts'
import { waiveRejected } from '@forbruk/close/rejected/waive-rejected.ts'
import type { Operations, SettledAnswer } from '@forbruk/console/routes/operations.ts'
import { readSources } from '@forbruk/infra/ledger/sources.ts'
import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import { GatewayFormatError } from '@forbruk/schemas/gateway/gateway-format-error.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import type { EventMend, Waiver } from '@forbruk/schemas/rejected/settle-events.ts'
import type { ReadParts } from './read-parts.ts'

type SettleParts = Pick<ReadParts, 'store' | 'stream' | 'openLog' | 'clock'> & {
  /** Of the tariff. */
  readonly timeZone: string
}

/** What people do with rejected events by the console. */
export function createRejectedOperations(parts: SettleParts): Pick<Operations, 'waiveEvents' | 'mendEvents'> {
  const { store, stream, openLog, clock } = parts
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
  }
}

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
