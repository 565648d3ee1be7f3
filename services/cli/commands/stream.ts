import { limitTimes } from '@forbruk/aggregator/resume/limit-times.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readStandings } from '@forbruk/infra/ledger/progress.ts'
import { describeSpan } from '@forbruk/schemas/event/describe-time.ts'
import { Command } from 'commander'
import { printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { parseSpan } from './parse-span.ts'

export function streamCommand(context: CommandContext): Command {
  return new Command('stream').description('how the event log is counted').addCommand(limitsCommand(context))
}

type LimitsFlags = { past?: number; ahead?: number; json: boolean }

function limitsCommand(context: CommandContext): Command {
  return new Command('limits')
    .description(
      "how far an event's time may be from the time at which the log got it; prints what holds, or sets it",
    )
    .option('--past <span>', 'an event of an older time is rejected, such as 400d', parseSpan)
    .option('--ahead <span>', 'an event of a later time is rejected, such as 1d or 12h', parseSpan)
    .option('--json', 'print as JSON', false)
    .action(async ({ past, ahead, json }: LimitsFlags, command: Command) => {
      if (past === undefined && ahead === undefined) return printLimits(context, json)
      if (past === undefined || ahead === undefined) {
        return command.error('error: --past and --ahead are set together')
      }
      await using parts = openParts(context)
      const store = await parts.store()
      const limits = { pastMaxMs: past, aheadMaxMs: ahead }
      const partitions = await limitTimes(createLedgerReader(store), store, await parts.log(), limits)
      if (json) return printJson({ past_max_ms: past, ahead_max_ms: ahead, partitions_changed: partitions })
      const what = partitions === 0 ? 'as before' : 'of what is appended from now on'
      printLine(
        `${what}: at most ${describeSpan(past)} before and ${describeSpan(ahead)} after it is appended`,
      )
    })
}

async function printLimits(context: CommandContext, json: boolean): Promise<void> {
  await using parts = openParts(context)
  const standings = await readStandings(await parts.readableStore(), parts.config.log.topic)
  const rows = [...standings].sort(([one], [other]) => one - other)
  if (json) {
    return printJson(
      rows.map(([partition, { pastMaxMs, aheadMaxMs }]) => ({
        partition,
        past_max_ms: pastMaxMs,
        ahead_max_ms: aheadMaxMs,
      })),
    )
  }
  if (rows.length === 0) return printLine('nothing is counted yet')
  const spell = (limitMs: number | null) => (limitMs === null ? 'no limit' : describeSpan(limitMs))
  printTable(
    [{ title: 'partition', align: 'right' }, { title: 'past' }, { title: 'ahead' }],
    rows.map(([partition, { pastMaxMs, aheadMaxMs }]) => [
      String(partition),
      spell(pastMaxMs),
      spell(aheadMaxMs),
    ]),
  )
}
