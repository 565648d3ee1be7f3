import { nameInstance } from '@forbruk/infra/ledger/sources/source-instances.ts'
import { groupThousands } from '@forbruk/schemas/number/group-thousands.ts'
import type { RuleBound } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { describeReconciliation } from '../reconcile/judge-reconciliation.ts'
import { adviseOnObstacles, describeObstacles } from './describe-obstacles.ts'
import type { Lack } from './gate.ts'

/** A plain sentence that says who lacks what, and what to do. */
export function describeLack(lack: Lack): string {
  switch (lack.kind) {
    case 'month_running':
    case 'grace_running':
    case 'clock_alone':
      return describeTime(lack)
    case 'nothing_counted':
      return (
        `nothing of stream ${lack.stream} was counted here; ` +
        'check KAFKA_TOPIC and FORBRUK_DATA_DIR, else run forbruk ship and forbruk aggregate'
      )
    case 'month_before_counting':
      return (
        `${lack.month} ended before stream ${lack.stream} began at ${showTime(lack.firstAppendTimeMs)}, ` +
        'and no usage of it was counted; check the month, else ship its logs'
      )
    case 'month_without_usage':
      return (
        `no source has sent any usage of ${lack.month}; check the month and the gateways; ` +
        'if there was none, close with --force and a reason'
      )
    case 'stream_unrecorded':
      return `stream ${lack.stream}: the store holds its blocks, but not its record; run forbruk aggregate`
    case 'partitions_differ':
      return `the log has ${lack.log} partitions, the store counted ${lack.stored}; check that both belong together`
    case 'other_stream':
      return (
        `stream ${lack.otherStream} holds usage of the month as well, which closing ${lack.stream} leaves out; ` +
        'check KAFKA_TOPIC'
      )
    case 'partition_uncounted':
    case 'partition_behind':
    case 'partition_lost':
    case 'gap':
    case 'partition_broken':
    case 'partition_starts_late':
    case 'log_ends_early':
      return describePartition(lack)
    case 'source_open':
      return describeOpenSource(lack)
    case 'source_silent':
      return describeSilentSource(lack)
    case 'source_absent':
      return describeAbsentSource(lack)
    case 'month_unexpected':
      return (
        `${lack.month} ended before the log began, and sources are expected from ${lack.fromMonth} on alone: ` +
        `check the month; if its logs were loaded since, forbruk source expect NAME --from ${lack.month}`
      )
    case 'source_missing':
      return describeMissing(lack)
    case 'source_unreconciled':
      return describeUnreconciled(lack)
    case 'file_shared':
      return describeSharedFile(lack)
    case 'rejected_open':
      return describeOpenRejected(lack)
    case 'rule_exceeded':
      return describeExceededRule(lack)
    case 'mended_uncounted':
      return (
        `${showCount(lack.events)} rejected events (${lack.reason}) were mended and sent again, ` +
        'but are not counted yet; run forbruk aggregate'
      )
    case 'copies_unknown':
      return (
        `${showCount(lack.requests)} counted requests of the month may be the same as later ones: the log had lost ` +
        'their ids before they could be compared; restore the log, or close with --force and a reason'
      )
  }
}

function describeTime(
  lack: Extract<Lack, { kind: 'month_running' | 'grace_running' | 'clock_alone' }>,
): string {
  switch (lack.kind) {
    case 'month_running':
      return `${lack.month} has not ended; it does at ${showTime(lack.endMs)}`
    case 'grace_running':
      return `${lack.month} may still get late events; close it after ${showTime(lack.graceEndMs)}`
    case 'clock_alone':
      return (
        `nothing but this machine's clock, which shows ${showTime(lack.nowMs)}, says that the grace of ${lack.month} ` +
        `ended at ${showTime(lack.graceEndMs)}: nothing was appended to the log since. Set the clock if it is wrong; ` +
        'if it is right, send any event or mark (forbruk ship), let forbruk aggregate catch up, and close again'
      )
  }
}

function describeUnreconciled(lack: Extract<Lack, { kind: 'source_unreconciled' }>): string {
  return (
    `${describeReconciliation(lack)} Send what is missing, then run forbruk source reconcile once more, ` +
    'or close with --force and a reason'
  )
}

function describeOpenRejected(lack: Extract<Lack, { kind: 'rejected_open' }>): string {
  return (
    `${showCount(lack.events)} rejected events of the month (${lack.reason}, such as ${lack.example}) ` +
    'are neither mended nor waived; ' +
    `see forbruk rejected list --month ${lack.month}, then forbruk rejected replay or waive`
  )
}

function describeMissing({ source, missing }: Extract<Lack, { kind: 'source_missing' }>): string {
  return missing > 0
    ? `source ${source} shipped ${showCount(missing)} events that did not arrive; ship its files again`
    : `source ${source}: ${showCount(-missing)} more events arrived than it shipped; run forbruk audit`
}

function describeSharedFile(lack: Extract<Lack, { kind: 'file_shared' }>): string {
  return (
    `sources ${lack.source} and ${lack.otherSource} have shipped the same file (${lack.file}, at least ` +
    `${showCount(lack.events)} events): its requests are counted under both; ship it under one name into another ` +
    'topic and count that, or close with --force and a reason'
  )
}

function describePartition(lack: Extract<Lack, { partition: number }>): string {
  switch (lack.kind) {
    case 'partition_uncounted': {
      const found =
        lack.records > 0
          ? `${showCount(lack.records)} records wait there`
          : 'what was there has left the log, so nobody can know'
      return (
        `partition ${lack.partition} is not counted, and ${found}: the topic has got more partitions than the ` +
        `${lack.counted} that are counted; run forbruk stream grow, then forbruk aggregate`
      )
    }
    case 'partition_behind': {
      const progress =
        lack.nextOffset === null ? 'nothing aggregated' : `aggregated to offset ${showCount(lack.nextOffset)}`
      return `partition ${lack.partition}: ${progress} of ${showCount(lack.neededOffset)}; run forbruk aggregate`
    }
    case 'partition_lost':
      return (
        `partition ${lack.partition}: offsets ${showCount(lack.fromOffset)} to ${showCount(lack.toOffset - 1)} ` +
        'left the log before they were counted; restore the log, or close with --force and a reason'
      )
    case 'gap':
      return describeGap(lack)
    case 'partition_broken':
      return (
        `partition ${lack.partition}: the ledger ends at offset ${showCount(lack.endsAt)} ` +
        `and goes on at ${showCount(lack.resumesAt)}; run forbruk audit`
      )
    case 'partition_starts_late':
      return (
        `partition ${lack.partition}: the ledger begins at offset ${showCount(lack.firstOffset)}, ` +
        `the log at ${showCount(lack.startOffset)}; run forbruk audit`
      )
    case 'log_ends_early':
      return (
        `partition ${lack.partition}: the log ends at offset ${showCount(lack.endOffset)}, ` +
        `the ledger at ${showCount(lack.nextOffset)}; check that the topic was not made anew`
      )
  }
}

function describeGap({ partition, fromOffset, toOffset, reason }: Extract<Lack, { kind: 'gap' }>): string {
  const lost =
    fromOffset === toOffset
      ? `request ids from before offset ${showCount(toOffset)} were not recognised any more`
      : `offsets ${showCount(fromOffset)} to ${showCount(toOffset - 1)} were never counted`
  return (
    `partition ${partition}: ${lost}: the log had lost them, and an operator gave them up (${reason}); ` +
    'close with --force and a reason'
  )
}

function describeExceededRule({
  rule,
  month,
  events,
  eventsMax,
  bound,
}: Extract<Lack, { kind: 'rule_exceeded' }>): string {
  return (
    `standing rule ${rule} speaks of ${showCount(events)} rejected events of ${month} ` +
    `and may waive ${showCount(eventsMax)} at most: ${describeBound(bound)}; so it waives none: ` +
    `see forbruk rejected list --month ${month}, then forbruk rejected replay or waive`
  )
}

/** Why a standing rule may waive so many in the month. */
export function describeBound(bound: RuleBound): string {
  switch (bound.kind) {
    case 'number':
      return 'its number a month'
    case 'share':
      return `${bound.sharePercent} % of the ${showCount(bound.requests)} requests of the month`
    case 'growth':
      return `in the months before it waived ${showCount(bound.events)} at most, in ${bound.month}`
  }
}

function describeOpenSource(lack: Extract<Lack, { kind: 'source_open' }>): string {
  const { source, throughMs, neededMs, obstacles, behind } = lack
  const progress =
    throughMs === null ? 'has not said how far it shipped' : `shipped through ${showTime(throughMs)}`
  if (obstacles.total > 0) {
    const what = describeObstacles(obstacles)
    const needed = `expected ${showTime(neededMs)}`
    return `source ${source} ${progress}; ${needed}; in its way: ${what}: ${adviseOnObstacles(source, obstacles)}`
  }
  if (behind.length > 0) return describeBehind(lack)
  return (
    `source ${source} ${progress}; expected ${showTime(neededMs)}: ` +
    'run forbruk ship, then forbruk aggregate; if it will ship no more, forbruk source retire'
  )
}

const BEHIND_NAMED_MAX = 3

/** Each shipper under the name speaks for itself. */
function describeBehind({ source, neededMs, behind }: Extract<Lack, { kind: 'source_open' }>): string {
  const named = behind
    .slice(0, BEHIND_NAMED_MAX)
    .map(each => `its shipper ${nameInstance(each)} shipped through ${showTime(each.throughMs)}`)
  const more = behind.length > named.length ? [`${behind.length - named.length} more are behind`] : []
  const [first] = behind
  return (
    `source ${source}: ${[...named, ...more].join(', ')}; expected ${showTime(neededMs)}: ` +
    'run forbruk ship there, then forbruk aggregate; if it will ship no more, ' +
    `forbruk source retire ${source} --instance ${first?.instance ?? 'ID'} --reason TEXT`
  )
}

function describeSilentSource({ source, fromMonth }: Extract<Lack, { kind: 'source_silent' }>): string {
  const since = fromMonth === null ? '' : ` from ${fromMonth} on`
  return (
    `source ${source} is expected${since} and has never shipped anything: ` +
    'run forbruk ship, then forbruk aggregate; if it will not ship, forbruk source retire'
  )
}

function describeAbsentSource({ source, fromMonth }: Extract<Lack, { kind: 'source_absent' }>): string {
  const since = fromMonth === null ? 'in every month' : `from ${fromMonth} on`
  return (
    `source ${source} is expected ${since}, and nothing that it shipped is of the month: ship the month's files; ` +
    'if it was connected later, forbruk source expect with that month; if it was idle, close with --force and a reason'
  )
}

/** `1 234 567`. */
export function showCount(count: number | string): string {
  return groupThousands(String(count), ' ')
}

function showTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z')
}
