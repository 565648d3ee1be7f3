import { z } from 'zod'
import { STATUS_CLASSES, type StatusClass } from '../event/status-class.ts'

/** What usage can be told apart by, beside time. */
export const USAGE_SPLITS = ['client', 'integration', 'statusClass'] as const
export type UsageSplit = (typeof USAGE_SPLITS)[number]

/** `hourOfWeek` adds up what fell into the same hour of the same weekday. */
export const USAGE_INTERVALS = ['hour', 'day', 'month', 'hourOfWeek'] as const
export type UsageInterval = (typeof USAGE_INTERVALS)[number]

/** By time and names, from the first on; or by a figure, from the largest down. */
export const USAGE_ORDERS = ['name', 'requests', 'bytes'] as const
export type UsageOrder = (typeof USAGE_ORDERS)[number]

export type UsageQuestion = {
  readonly interval: UsageInterval | null
  readonly splits: readonly UsageSplit[]
  /** Only what is of one of these; none: whatever it is. */
  readonly clientIds: readonly string[]
  readonly integrationIds: readonly string[]
  readonly statusClasses: readonly StatusClass[]
  readonly order: UsageOrder
  /** The last row of the page before. */
  readonly after: SplitUse | null
  readonly rowsMax: number
}

/** What was counted, told apart as asked: a name is empty where nothing was told apart by it. */
export type SplitUse = {
  /** The hour in UTC, or the day, month or hour of a week of the tariff's time zone. */
  readonly at: string
  readonly clientId: string
  readonly integrationId: string
  readonly statusClass: string
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
}

const count = z.string().describe('a whole number as text, since it may pass 2^53')

/** The same for callers: what nothing was told apart by is null. */
export const usageRowShape = z.object({
  at: z
    .string()
    .nullable()
    .describe(
      "the hour in UTC, or the day, month or hour of a week, from Monday as 1, of the tariff's time zone: " +
        '2026-10-14T09:00:00Z, 2026-10-14, 2026-10, 3T11',
    ),
  clientId: z.string().nullable(),
  integrationId: z.string().nullable().describe('empty where the gateway named none'),
  statusClass: z.string().nullable().describe(STATUS_CLASSES.join(', ')),
  requests: count,
  requestBytes: count,
  responseBytes: count,
})
