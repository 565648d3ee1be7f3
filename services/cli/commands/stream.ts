import { limitTimes } from '@forbruk/aggregator/resume/limit-times.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readStandings } from '@forbruk/infra/ledger/progress.ts'
import { importStreamKey, makeStreamKey, readStreamKey } from '@forbruk/infra/ledger/stream-key.ts'
import { describeSpan } from '@forbruk/schemas/event/describe-time.ts'
import { isPublicKey } from '@forbruk/schemas/wire/sign-record.ts'
import { Command, InvalidArgumentError } from 'commander'
import { printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { parseSpan } from './parse-span.ts'

export function streamCommand(context: CommandContext): Command {
  return new Command('stream')
    .description('how the event log is counted')
    .addCommand(limitsCommand(context))
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
      if (options.import !== undefined) await importStreamKey(await parts.store(), stream, options.import)
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
      const ports = { ledger: createLedgerReader(store), store, log, clock: Date.now }
      const partitions = await limitTimes(
        { ...ports, openKey: () => makeStreamKey(store, log.topic) },
        limits,
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
