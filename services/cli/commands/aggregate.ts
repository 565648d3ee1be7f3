import { FOLD_VERSION, UNSIGNED_VERSION } from '@forbruk/aggregator/count/block.ts'
import { acceptGap, type Gap } from '@forbruk/aggregator/resume/accept-gap.ts'
import { aggregate } from '@forbruk/aggregator/run/aggregate.ts'
import { readProgress } from '@forbruk/infra/ledger/blocks/progress.ts'
import { readStreamKey } from '@forbruk/infra/ledger/blocks/stream-key.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readRecognised } from '@forbruk/infra/ledger/recognition/recognition.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { Command, InvalidArgumentError } from 'commander'
import { startProgressBar } from '../print/progress-bar.ts'
import { groupDigits, printLine } from '../print/table.ts'
import { awaitLog } from '../wiring/log/await-log.ts'
import { watchStandstills } from '../wiring/log/watch-standstills.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseReason } from './parse-reason.ts'

export function aggregateCommand(context: CommandContext): Command {
  return new Command('aggregate')
    .description('count the event log into the store, until stopped')
    .option('--until-caught-up', 'stop when everything in the log at the start is counted', false)
    .option(
      '--accept-gap <PARTITION:FROM-TO>',
      'give up what the log has lost, or a record that nobody meant, as the error names it, and count on behind it; ' +
        'every other aggregator must be stopped',
      parseGap,
    )
    .option('--reason <TEXT>', 'why; kept in the ledger', parseReason)
    .action(
      async (options: { untilCaughtUp: boolean; acceptGap?: Gap; reason?: string }, command: Command) => {
        const { reason = '' } = options
        if ((options.acceptGap === undefined) !== (reason === '')) {
          command.error('error: --accept-gap and --reason TEXT belong together')
        }
        await using parts = openParts(context)
        const signal = signalOfShutdown()
        // Who waits for the end of a command is told at once that the brokers are away.
        const log = options.untilCaughtUp ? await parts.log() : await awaitLog(parts, signal)
        if (log === null) return
        if (options.acceptGap !== undefined) {
          await giveUp(parts, options.acceptGap, reason)
        }
        await using watch = await watchStandstills(parts)
        const bar = startProgressBar('counting')
        try {
          await aggregate({
            ...{ log, store: await parts.store(), logger: parts.logger, signal },
            untilCaughtUp: options.untilCaughtUp,
            onHeld: watch.onHeld,
            onProgress: ({ offsetsDone, offsetsTotal }) =>
              bar.update(offsetsDone, offsetsTotal, `${groupDigits(offsetsDone)} records`),
          })
        } finally {
          bar.stop()
        }
        printLine(await describeCounted(parts))
      },
    )
}

async function giveUp(parts: Parts, gap: Gap, reason: string): Promise<void> {
  const [store, log] = [await parts.store(), await parts.log()]
  const key = await readStreamKey(store, log.topic)
  const words = { verify: key?.verify ?? (() => false), unsignedVersion: UNSIGNED_VERSION }
  const ports = { ledger: createLedgerReader(store), store, log, clock: Date.now }
  const subject = `${gap.partition}:${gap.fromOffset}-${gap.toOffset}`
  await recordCommand(parts, { act: 'accept_gap', subject, reason }, () =>
    acceptGap({ ...ports, words, foldVersionMax: FOLD_VERSION }, gap, reason),
  )
}

function parseGap(text: string): Gap {
  const [, partition, fromOffset, toOffset] =
    /^(\d{1,9}):(\d{1,16})-(\d{1,16})$/.exec(text)?.map(Number) ?? []
  // An offset that a number can't hold would be another one, and what is given up can't be had back.
  if (
    partition === undefined ||
    fromOffset === undefined ||
    toOffset === undefined ||
    !Number.isSafeInteger(toOffset) ||
    toOffset < fromOffset
  ) {
    throw new InvalidArgumentError(
      'expected PARTITION:FROM-TO, as the error names it, for example 0:1200-3400',
    )
  }
  return { partition, fromOffset, toOffset }
}

async function describeCounted(parts: Parts): Promise<string> {
  const stream = parts.config.log.topic
  const store = await parts.store()
  const partitions = await readProgress(store, stream)
  const { copies } = await readRecognised(store, stream)
  const total = (figure: 'records' | 'requests' | 'duplicates' | 'rejected' | 'marks') =>
    groupDigits(partitions.reduce((sum, partition) => sum + partition[figure], 0))
  const ofThem = copies === 0n ? '' : ` (${groupDigits(copies)} of them copies, which don't count)`
  return (
    `${stream}: ${total('records')} records so far: ${total('requests')} requests${ofThem}, ` +
    `${total('duplicates')} duplicates, ${total('rejected')} rejected, ${total('marks')} marks`
  )
}
