// Prints what was recorded.
import type { DriveResult } from './drive.ts'
import { byteAllowance, requestAllowance, type Tally } from './verify.ts'

export function printReport(tally: Tally, result: DriveResult, compressedBytes: number[]): void {
  console.table(
    tally.logs.map((log, index) => ({
      file: `gateway-${index + 1}`,
      lines: log.lines,
      before: log.beforeMonth,
      after: log.afterMonth,
      first: new Date(log.firstMs).toISOString(),
      last: new Date(log.lastMs).toISOString(),
      compressedBytes: compressedBytes[index],
    })),
  )
  const clients = [...tally.useByClient].sort(([, one], [, other]) => other.requests - one.requests)
  const shown = clients.filter(
    ([, use], index) => use.requests > requestAllowance || use.bytes > byteAllowance || index < 7,
  )
  console.log('Counted use in the billing month; over an allowance or near it:')
  console.table(
    shown.map(([client, use]) => ({
      client,
      requests: use.requests,
      bytes: use.bytes,
      overRequests: use.requests > requestAllowance,
      overBytes: use.bytes > byteAllowance,
      notCounted: use.otherRequests,
    })),
  )
  const statuses = [...tally.linesByStatus].sort().map(([status, lines]) => `${status}: ${lines}`)
  console.log(`Statuses: ${statuses.join(', ')}`)
  console.log(`Lines without a client: ${tally.emptyClientLines}`)
  console.log(
    `Sent at most ${result.lagHighestMs.toFixed(0)} ms behind the plan; ${result.failures.length} failures`,
  )
}
