import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { type Coordinates, parseCoordinates, showCoordinates } from '@forbruk/close/rejected/coordinates.ts'
import { readMends } from '@forbruk/close/rejected/read-mends.ts'
import { replayRejected } from '@forbruk/close/rejected/replay-rejected.ts'
import { rereadRejected } from '@forbruk/close/rejected/reread-rejected.ts'
import { KEY_PATTERN } from '@forbruk/collector/choose-reading.ts'
import { readSources } from '@forbruk/infra/ledger/sources/sources.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { nameLines, namePlaces } from '@forbruk/schemas/rejected/name-places.ts'
import { reasonCodeShape } from '@forbruk/schemas/rejected/waiver-rule.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { Command, InvalidArgumentError } from 'commander'
import { printReread } from '../print/rejected.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/parts/open-parts.ts'
import { rangeOfMonth } from '../wiring/parts/range-of-month.ts'
import { type GatewayFieldOptions, openChosenFormat } from '../wiring/parts/read-format-file.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { openOriginals, readStandardInput, STANDARD_INPUT } from '../wiring/rejected/read-originals.ts'
import { withGatewayFields } from './gateway-format-options.ts'
import { parseReason } from './parse-reason.ts'
import { parseShape } from './parse-shape.ts'

type AgainFlags = {
  reasonCode?: string
  source?: string
  partition?: number
  month?: BillingPeriod
  file: string[]
  envelope?: string
  idempotencyKey?: string
  dryRun: boolean
}

type ReplayFlags = GatewayFieldOptions &
  AgainFlags & {
    set: Record<string, string>
    line?: string
    mends?: string
    vouchTime: boolean
    format?: string
    reason: string
    actor?: string
    json: boolean
  }

export function replayCommand(context: CommandContext): Command {
  const replay = new Command('replay')
    .description(
      'send rejected events again: read anew from where they came, or mended one by one; sent twice they count once',
    )
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
    .option(
      '--format <name>',
      'how lines are read, by a format that was mended; without it, as their source says',
    )
  return withAgainOptions(withGatewayFields(replay))
    .requiredOption('--reason <text>', 'how it is known what was meant, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (where: string[], flags: ReplayFlags, command: Command) => {
      await using parts = openParts(context)
      if (flags.idempotencyKey !== undefined && flags.file.length === 0)
        command.error('error: --idempotency-key is of what --file hands in')
      const isAgain = where.length === 0 && !isMended(flags) && !flags.vouchTime
      if (isAgain) await readAgain(parts, flags)
      else if (isReadAgain(flags))
        command.error(
          'error: places and mends say which events; --source, --file and the like go without them',
        )
      else await mend(parts, await chooseMends(where.map(parseCoordinates), flags, command), flags)
    })
}

function withAgainOptions(command: Command): Command {
  return command
    .option(
      '--reason-code <code>',
      'without places: only lines that were rejected for this reason',
      parseShape(reasonCodeShape),
    )
    .option('--source <name>', 'without places: only those of this source')
    .option(
      '--partition <number>',
      'without places: only those in this partition of the log',
      parseShape(wholeNumberShape(0, 999_999_999)),
    )
    .option(
      '--month <month>',
      'without places: only those that may belong to this month, YYYY-MM',
      parseBillingPeriod,
    )
    .option(
      '--file <paths...>',
      'files that hold the lines, rotated and compressed or not; without it, those that this machine shipped; of ' +
        'lines that came over HTTP what their sender has kept, - for standard input',
      [],
    )
    .option(
      '--envelope <name>',
      "what a topic's shipper puts around the lines, as intake has it (default: lines)",
    )
    .option(
      '--idempotency-key <key>',
      'with which what is handed in by --file was sent over HTTP, in a format that has no ids',
      parseKey,
    )
    .option('--dry-run', 'say what would be sent, and send nothing', false)
}

function isMended({ set, line, mends }: ReplayFlags): boolean {
  return Object.keys(set).length > 0 || line !== undefined || mends !== undefined
}

function isReadAgain({ file, dryRun, ...flags }: ReplayFlags): boolean {
  const { reasonCode, source, partition, month, envelope, idempotencyKey } = flags
  const chosen = [reasonCode, source, partition, month, envelope, idempotencyKey]
  return file.length > 0 || dryRun || chosen.some(each => each !== undefined)
}

async function readAgain(parts: Parts, flags: ReplayFlags): Promise<void> {
  const { reasonCode, source, partition, month, file: files, envelope = 'lines', dryRun: isTrial } = flags
  const standardInput = files.includes(STANDARD_INPUT) ? await readStandardInput() : null
  const store = await parts.store()
  const log = await parts.log()
  const filter = {
    reason: reasonCode ?? null,
    source: source ?? null,
    partition: partition ?? null,
    range: month === undefined ? null : await rangeOfMonth(parts, month),
  }
  const formatOf = await formatsOf(store, log.topic, flags)
  const isFormatNamed = flags.format !== undefined
  const bodyKey = flags.idempotencyKey ?? null
  const readOriginals = openOriginals(parts, {
    ...{ formatOf, isFormatNamed, files, standardInput, bodyKey, envelopeOf: () => envelope },
  })
  const { reason, actor = userInfo().username } = flags
  const by = { reason, actor, clock: Date.now }
  const all = { after: null, goesMax: Number.POSITIVE_INFINITY }
  const run = () => rereadRejected({ store, log, filter, readOriginals, isTrial, ...all, ...by })
  const chosen = { reasonCode: filter.reason, source: filter.source, partition: filter.partition }
  const subject = nameLines({ ...chosen, month: month?.month ?? null })
  const act = { act: 'mend_events', subject, actor: flags.actor, reason } as const
  const { next: _, ...summary } = await (isTrial ? run() : recordCommand(parts, act, run))
  if (flags.json) printJson(summary)
  else printReread(summary, isTrial)
}

async function mend(
  parts: Parts,
  mends: Awaited<ReturnType<typeof chooseMends>>,
  flags: ReplayFlags,
): Promise<void> {
  const store = await parts.store()
  const log = await parts.log()
  const formatOf = await formatsOf(store, log.topic, flags)
  const { reason, actor = userInfo().username } = flags
  const subject = namePlaces(mends.map(({ at }) => showCoordinates(at)))
  const act = { act: 'mend_events', subject, actor: flags.actor, reason } as const
  const result = await recordCommand(parts, act, () =>
    replayRejected({ store, log, mends, formatOf, reason, actor, clock: Date.now }),
  )
  if (flags.json) return printJson(result)
  printLine(`${groupDigits(result.sent)} sent, ${groupDigits(result.before)} sent before`)
  if (result.sent > 0) printLine('they count once forbruk aggregate has come to them')
}

/** As far as marks have told. */
async function formatsOf(store: Store, stream: string, flags: ReplayFlags) {
  const sources = await readSources(store, stream)
  const formats = new Map(sources.map(({ source, format }) => [source, format]))
  return (source: string) => openChosenFormat(flags.format ?? formats.get(source) ?? '', flags)
}

async function chooseMends(places: Coordinates[], flags: ReplayFlags, command: Command) {
  const { set, line, mends, vouchTime } = flags
  const given = [Object.keys(set).length > 0, line !== undefined, mends !== undefined].filter(Boolean)
  if (given.length > 1 || (given.length === 0 && !vouchTime))
    command.error('error: of places, replay takes one of --set, --line and --mends, or --vouch-time')
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

function parseKey(text: string): string {
  if (KEY_PATTERN.test(text)) return text
  throw new InvalidArgumentError('expected 1 to 128 printable characters without spaces')
}

function addField(text: string, fields: Record<string, string>): Record<string, string> {
  const [name = '', ...value] = text.split('=')
  if (name === '' || value.length === 0) throw new InvalidArgumentError('expected field=value')
  return { ...fields, [name]: value.join('=') }
}
