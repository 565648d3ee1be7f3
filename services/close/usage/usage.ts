import type { StatusClass } from '@forbruk/schemas/event/status-class.ts'

/** What one client did through one integration in one month, with answers of one status class. */
export type UsageRow = {
  readonly clientId: string
  /** Empty when the gateway did not know it. */
  readonly integrationId: string
  readonly statusClass: StatusClass
  readonly requests: bigint
  readonly requestBytes: bigint
  readonly responseBytes: bigint
}

export type UsageSum = Pick<UsageRow, 'requests' | 'requestBytes' | 'responseBytes'>

export function sumUsage(rows: readonly UsageSum[]): UsageSum {
  let sum: UsageSum = { requests: 0n, requestBytes: 0n, responseBytes: 0n }
  for (const row of rows) {
    sum = {
      requests: sum.requests + row.requests,
      requestBytes: sum.requestBytes + row.requestBytes,
      responseBytes: sum.responseBytes + row.responseBytes,
    }
  }
  return sum
}
