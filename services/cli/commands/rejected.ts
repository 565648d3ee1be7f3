import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { type Coordinates, parseCoordinates } from '@forbruk/close/rejected/coordinates.ts'
import { listRejected } from '@forbruk/close/rejected/list-rejected.ts'
import { readMends } from '@forbruk/close/rejected/read-mends.ts'
import { replayRejected } from '@forbruk/close/rejected/replay-rejected.ts'
import { waiveRejected } from '@forbruk/close/rejected/waive-rejected.ts'
import { readSources } from '@forbruk/infra/ledger/sources.ts'
import {
  type BillingPeriod,
  parseBillingPeriod,
  periodRange,
} from '@forbruk/schemas/period/billing-period.ts'
import { Command, InvalidArgumentError } from 'commander'
import { printRejected, printRejectedJson } from '../print/rejected.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/open-parts.ts'
import { type GatewayFieldOptions, openChosenFormat } from '../wiring/read-format-file.ts'
import { readTariffFile } from '../wiring/read-tariff-file.ts'
import { recordCommand } from '../wiring/record-command.ts'
import { withGatewayFields } from './gateway-format-options.ts'
import { parseInstant } from './parse-instant.ts'
import { parseLimit } from './parse-limit.ts'
import { parseReason } from './parse-reason.ts'
import { parseStatuses } from './parse-statuses.ts'
import { ruleCommand } from './rejected-rule.ts'

export function rejectedCommand(context: CommandContext): Command {
  return new Command('rejected')
    .description('events that could not be counted')
    .addCommand(listCommand(context))
    .addCommand(waiveCommand(context))
    .addCommand(replayCommand(context))
    .addCommand(ruleCommand(context))
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
    .option('--reason-code <code>', 'only those rejected for this reason')
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
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--json', 'print as JSON', false)
    .action(async ({ reasonCode, status, month, source, from, until, limit, json }: ListFlags) => {
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const range = month === undefined ? null : await rangeOf(parts, month)
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
    .option('--reason-code <code>', 'instead: all of the month that were rejected for this reason so far')
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
        ? { reason: reasonCode, statuses, range: await rangeOf(parts, month) }
        : places
      const { reason, actor = userInfo().username } = flags
      const store = await parts.store()
      const stream = parts.config.log.topic
      const subject = isByCode ? `${reasonCode} of ${month.month}` : where.join(', ')
      const result = await recordCommand(parts, { act: 'waive_events', subject, actor: flags.actor }, () =>
        waiveRejected({ store, stream, selection, reason, actor, clock: Date.now }),
      )
      if (flags.json) return printJson(result)
      printLine(`${groupDigits(result.waived)} waived, ${groupDigits(result.before)} waived or mended before`)
    })
}

type ReplayFlags = GatewayFieldOptions & {
  set: Record<string, string>
  line?: string
  mends?: string
  vouchTime: boolean
  format?: string
  reason: string
  actor?: string
  json: boolean
}

function replayCommand(context: CommandContext): Command {
  const replay = new Command('replay')
    .description('send rejected events again, mended; sent twice they count once')
    .argument('[where...]', 'partition:offset or partition:offset[index], as rejected list prints it')
    .option(
      '--set <field=value>',
      'a field of the event that was wrong or missing; can be repeated',
      addField,
      {},
    )
    .option('--line <text>', 'instead: the whole corrected line, of one event')
    .option(
      '--mends <file>',
      'instead of all that: a JSON object a line, {"at":"0:12","line":"…"} or {"at":"0:12","set":{…}}',
    )
    .option(
      '--vouch-time',
      'its time is right, however far it is from the time at which the log got it; alone, or with --set or --line',
      false,
    )
    .option('--format <name>', 'how lines are read; without it, as their source was shipped')
  return withGatewayFields(replay)
    .requiredOption('--reason <text>', 'how it is known what was meant, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (where: string[], flags: ReplayFlags, command: Command) => {
      const mends = await chooseMends(where.map(parseCoordinates), flags, command)
      await using parts = openParts(context)
      const store = await parts.store()
      const log = await parts.log()
      const sources = await readSources(store, log.topic)
      // As far as marks have told.
      const formats = new Map(sources.map(({ source, format }) => [source, format]))
      const { reason, actor = userInfo().username } = flags
      const formatOf = (source: string) => openChosenFormat(flags.format ?? formats.get(source) ?? '', flags)
      const subject = flags.mends ?? where.join(', ')
      const result = await recordCommand(parts, { act: 'mend_events', subject, actor: flags.actor }, () =>
        replayRejected({ store, log, mends, formatOf, reason, actor, clock: Date.now }),
      )
      if (flags.json) return printJson(result)
      printLine(`${groupDigits(result.sent)} sent, ${groupDigits(result.before)} sent before`)
      if (result.sent > 0) printLine('they count once forbruk aggregate has come to them')
    })
}

async function chooseMends(places: Coordinates[], flags: ReplayFlags, command: Command) {
  const { set, line, mends, vouchTime } = flags
  const given = [Object.keys(set).length > 0, line !== undefined, mends !== undefined].filter(Boolean)
  if (given.length > 1 || (given.length === 0 && !vouchTime))
    command.error('error: replay takes one of --set, --line and --mends, or --vouch-time')
  if (mends !== undefined) {
    if (places.length > 0 || vouchTime)
      command.error('error: with --mends the places, and what is vouched for, stand in the file')
    return readMends(await readFile(mends, 'utf8'), mends)
  }
  if (places.length === 0) command.error('error: replay takes at least one place in the log')
  const vouched = vouchTime ? ({ timeVouched: true } as const) : {}
  if (line === undefined)
    return places.map(at => ({ at, mend: { kind: 'fields', fields: set, ...vouched } as const }))
  if (places.length > 1) command.error('error: --line is the line of one event')
  return places.map(at => ({ at, mend: { kind: 'line', line, ...vouched } as const }))
}

async function rangeOf(parts: Parts, month: BillingPeriod) {
  return periodRange(month, (await readTariffFile(parts.config.tariffPath)).timeZone)
}

function addField(text: string, fields: Record<string, string>): Record<string, string> {
  const [name = '', ...value] = text.split('=')
  if (name === '' || value.length === 0) throw new InvalidArgumentError('expected field=value')
  return { ...fields, [name]: value.join('=') }
}
