import { userInfo } from 'node:os'
import { parseCoordinates } from '@forbruk/close/rejected/coordinates.ts'
import { listRejected } from '@forbruk/close/rejected/list-rejected.ts'
import { waiveRejected } from '@forbruk/close/rejected/waive-rejected.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { namePlaces } from '@forbruk/schemas/rejected/name-places.ts'
import { reasonCodeShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { Command } from 'commander'
import { printRejected, printRejectedJson } from '../print/rejected.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { rangeOfMonth } from '../wiring/parts/range-of-month.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { LIST_LIMIT } from './list-limit.ts'
import { parseInstant } from './parse-instant.ts'
import { parseReason } from './parse-reason.ts'
import { parseShape } from './parse-shape.ts'
import { parseStatuses } from './parse-statuses.ts'
import { compactCommand } from './rejected-compact.ts'
import { replayCommand } from './rejected-replay.ts'
import { ruleCommand } from './rejected-rule.ts'

export function rejectedCommand(context: CommandContext): Command {
  return new Command('rejected')
    .description('events that could not be counted')
    .addCommand(listCommand(context))
    .addCommand(waiveCommand(context))
    .addCommand(replayCommand(context))
    .addCommand(ruleCommand(context))
    .addCommand(compactCommand(context))
}

type ListFlags = {
  reasonCode?: string
  status: number[]
  month?: BillingPeriod
  source?: string
  from?: number
  until?: number
  limit: number
  json: boolean
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('the events that could not be counted, newest first')
    .option('--reason-code <code>', 'only those rejected for this reason', parseShape(reasonCodeShape))
    .option(
      '--status <statuses>',
      'only those answered with one of these, such as 401,403',
      parseStatuses,
      [],
    )
    .option('--month <month>', 'only those that may belong to this month, YYYY-MM', parseBillingPeriod)
    .option('--source <name>', 'only those of this source')
    .option(
      '--from <time>',
      'only those that the log got from then on, such as 2026-10-31T23:00:00Z',
      parseInstant,
    )
    .option('--until <time>', 'only those that the log got before', parseInstant)
    .option('--limit <n>', 'at most so many', parseShape(LIST_LIMIT), 50)
    .option('--json', 'print as JSON', false)
    .action(async (flags: ListFlags, command: Command) => {
      const { reasonCode, status, month, source, from, until, limit, json } = flags
      if (from !== undefined && until !== undefined && from >= until)
        command.error('error: nothing lies between --from and --until; expected --until to be later')
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const range = month === undefined ? null : await rangeOfMonth(parts, month)
      const rows = await listRejected(store, parts.config.log.topic, {
        range,
        reason: reasonCode ?? null,
        statuses: status,
        source: source ?? null,
        fromMs: from ?? null,
        untilMs: until ?? null,
        limit,
      })
      if (json) printRejectedJson(rows)
      else printRejected(rows)
    })
}

type WaiveFlags = {
  reasonCode?: string
  status: number[]
  month?: BillingPeriod
  reason: string
  actor?: string
  json: boolean
}

function waiveCommand(context: CommandContext): Command {
  return new Command('waive')
    .description('let rejected events go, so that a month can be closed without them')
    .argument('[where...]', 'partition:offset or partition:offset[index], as rejected list prints it')
    .option(
      '--reason-code <code>',
      'instead: all of the month that were rejected for this reason so far',
      parseShape(reasonCodeShape),
    )
    .option(
      '--status <statuses>',
      'of these, only what was answered with one of these, such as 401,403',
      parseStatuses,
      [],
    )
    .option('--month <month>', 'goes with --reason-code, YYYY-MM', parseBillingPeriod)
    .requiredOption('--reason <text>', 'why they need not be counted, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (where: string[], flags: WaiveFlags, command: Command) => {
      const { reasonCode, month, status: statuses } = flags
      const isByCode = reasonCode !== undefined && month !== undefined
      const isByPlace = (reasonCode ?? month) === undefined && statuses.length === 0
      if (isByCode ? where.length > 0 : where.length === 0 || !isByPlace) {
        command.error('error: waive takes either places in the log, or --reason-code and --month')
      }
      const places = where.map(parseCoordinates)
      await using parts = openParts(context)
      const selection = isByCode
        ? { reason: reasonCode, statuses, range: await rangeOfMonth(parts, month) }
        : places
      const { reason, actor = userInfo().username } = flags
      const store = await parts.store()
      const stream = parts.config.log.topic
      const subject = isByCode ? `${reasonCode} of ${month.month}` : namePlaces(where)
      const act = { act: 'waive_events', subject, actor: flags.actor, reason } as const
      const result = await recordCommand(parts, act, () =>
        waiveRejected({ store, stream, selection, reason, actor, clock: Date.now }),
      )
      const { waived, before, left } = result
      if (left > 0) process.exitCode = 1
      if (flags.json) return printJson(result)
      printLine(`${groupDigits(waived)} waived, ${groupDigits(before)} waived or mended before`)
      if (left > 0)
        printLine(`${groupDigits(left)} are left: they were added up at the same time; type it again`)
    })
}
