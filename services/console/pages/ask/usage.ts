import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'
import type { UsageInterval, UsageSplit } from '@forbruk/schemas/usage/usage-question.ts'
import { pathOf, queryOf } from './ask.ts'

/** Counts are whole numbers as text, since they may pass 2^53. */
export type UsageRow = {
  readonly at: string | null
  readonly clientId: string | null
  readonly integrationId: string | null
  readonly statusClass: StatusClass | null
  readonly requests: string
  readonly requestBytes: string
  readonly responseBytes: string
}

type Usage = {
  readonly from: string
  readonly to: string
  readonly timeZone: string
  readonly rows: readonly UsageRow[]
  readonly next: string | null
}

export function usageQuery(question: {
  readonly month?: string
  readonly from?: string
  readonly to?: string
  readonly by?: UsageInterval
  readonly split?: readonly UsageSplit[]
  readonly client?: readonly string[]
  readonly order?: 'name' | 'requests' | 'bytes'
  readonly limit?: number
}) {
  return queryOf<Usage>(pathOf('/v1/usage', question))
}

export function bytesOf({ requestBytes, responseBytes }: UsageRow): bigint {
  return BigInt(requestBytes) + BigInt(responseBytes)
}
