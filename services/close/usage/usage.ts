import type { ClientUse } from '@forbruk/infra/ledger/usage/usage.ts'

export type UsageSum = Pick<ClientUse, 'requests' | 'requestBytes' | 'responseBytes'>

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
