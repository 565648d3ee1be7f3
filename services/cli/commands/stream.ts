import { UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { type Grown, GrowthRefusedError, growStream } from '@forbruk/aggregator/resume/grow-stream.ts'
import { limitTimes } from '@forbruk/aggregator/resume/limit-times.ts'
import type { RegisterParts } from '@forbruk/aggregator/resume/register-stream.ts'
import { readStandings } from '@forbruk/infra/ledger/blocks/progress.ts'
import { importStreamKey, makeStreamKey, readStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { describeSpan } from '@forbruk/schemas/event/describe-time.ts'
import { isPublicKey } from '@forbruk/schemas/wire/sign-record.ts'
import { Command, InvalidArgumentError } from 'commander'
import { groupDigits, printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseSpan } from './parse-span.ts'

export function streamCommand(context: CommandContext): Command {
  return new Command('stream')
    .description('how the event log is counted')
    .addCommand(limitsCommand(context))
    .addCommand(growCommand(context))
    .addCommand(keyCommand(context))
}

function keyCommand(context: CommandContext): Command {
  return new Command('key')
    .description(
      "the public half of the stream's key, by which its own records are told from what others write to the topic",
    )
    .option(
      '--import <key>',
      "another installation's: this store then counts the stream as that one does, and can't change how",
      parsePublicKey,
    )
    .option('--json', 'print as JSON', false)
    .action(async (options: { import?: string; json: boolean }) => {
      await using parts = openParts(context)
      const stream = parts.config.log.topic
      const { import: imported } = options
      if (imported !== undefined) {
        const store = await parts.store()
        await recordCommand(parts, { act: 'import_key', subject: stream }, () =>
          importStreamKey(store, stream, imported),
        )
      }
      const store = await parts.readableStore()
      const key = await readStreamKey(store, stream)
      if (options.json) return printJson({ stream, public_key: key?.publicKey ?? null })
      printLine(key?.publicKey ?? `${stream} has no key yet: forbruk aggregate makes it`)
    })
}

function parsePublicKey(text: string): string {
  if (isPublicKey(text)) return text
  throw new InvalidArgumentError('expected 43 letters of base64url, as forbruk stream key prints them')
}

function registerParts(store: Store, log: EventLog): RegisterParts {
  return {
    ...{ ledger: createLedgerReader(store), store, log, clock: Date.now, unsignedVersion: UNSIGNED_VERSION },
    openKey: () => makeStreamKey(store, log.topic),
  }
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
      const log = await parts.log()
      const partitions = await recordCommand(parts, { act: 'change_limits', subject: log.topic }, () =>
        limitTimes(registerParts(store, log), limits),
      )
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

function growCommand(context: CommandContext): Command {
  return new Command('grow')
    .description(
      'agree to count all the partitions that the topic has got; the log says so to every aggregator',
    )
    .option('--dry-run', 'say what would be done, and do nothing', false)
    .option('--json', 'print as JSON', false)
    .action(async ({ dryRun, json }: { dryRun: boolean; json: boolean }) => {
      await using parts = openParts(context)
      if (parts.config.log.kind === 'embedded') {
        throw new GrowthRefusedError(
          'the embedded log keeps the partitions that it was made with: every process that counts it gets all of ' +
            'them, so that more would bring nothing. A stream on Kafka can grow.',
        )
      }
      const store = dryRun ? await parts.readableStore() : await parts.store()
      const log = await parts.log()
      const grow = () => growStream(registerParts(store, log), dryRun)
      const act = { act: 'grow_stream', subject: log.topic } as const
      const grown = dryRun ? await grow() : await recordCommand(parts, act, grow)
      if (json) {
        const { from, to, waiting, partitionsTold } = grown
        const told = { partitions_told: dryRun ? 0 : partitionsTold }
        return printJson({ partitions_before: from, partitions: to, records_waiting: waiting, ...told })
      }
      printLine(describeGrown(parts.config.log.topic, grown, dryRun))
    })
}

function describeGrown(topic: string, grown: Grown, dryRun: boolean): string {
  const { from, to, waiting, partitionsTold } = grown
  if (partitionsTold === 0) return `${topic}: all ${to} partitions are counted; there is nothing to agree to`
  const records = `${groupDigits(waiting)} ${waiting === 1 ? 'record' : 'records'}`
  const isAgain = from === to
  if (dryRun) {
    const found = isAgain
      ? `all ${to} partitions are counted, and ${partitionsTold} of them have not met the record that says so`
      : `${from} of ${to} partitions are counted; the others hold ${records}`
    const what = isAgain ? 'would be told again' : 'would be counted from then on, for good'
    return `${topic}: ${found}. Nothing was done; without --dry-run ${isAgain ? 'they' : 'all of them'} ${what}`
  }
  return isAgain
    ? `${topic}: all ${to} partitions are counted, as before; ${partitionsTold} of them were told again`
    : `${topic}: all ${to} partitions are counted from now on, for good. There were ${from}; the others hold ` +
        `${records}. Each forbruk aggregate or forbruk up that runs goes on with all of them within seconds`
}
