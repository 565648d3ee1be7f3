import { describeKeeping } from '@forbruk/close/rejected/choose-folds.ts'
import { compactRejected } from '@forbruk/close/rejected/compact-rejected.ts'
import { Command } from 'commander'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'

type CompactFlags = { dryRun: boolean; json: boolean }

export function compactCommand(context: CommandContext): Command {
  return new Command('compact')
    .description('add up rejected events that are long settled, as FORBRUK_REJECTED_MONTHS and _ROWS have it')
    .option('--dry-run', 'say what would be added up, and change nothing', false)
    .option('--json', 'print as JSON', false)
    .action(async ({ dryRun: isTrial, json }: CompactFlags) => {
      await using parts = openParts(context)
      const { config } = parts
      const { timeZone } = await readTariffFile(config.tariffPath)
      const { rejected: keeping } = config
      const { topic: stream } = config.log
      const store = await parts.store()
      const compact = () => compactRejected({ store, stream, timeZone, keeping, isTrial, clock: Date.now })
      const act = { act: 'compact_events', subject: stream, reason: describeKeeping(keeping) } as const
      const compacted = await (isTrial ? compact() : recordCommand(parts, act, compact))
      if (json) return printJson(compacted)
      const { blocks, rowsBefore, rowsAfter, sums } = compacted
      const [before, after] = [rowsBefore, rowsAfter].map(groupDigits)
      printLine(
        `${before} rows of rejected events in whole blocks, ${after} ${isTrial ? 'would be' : 'are'} left`,
      )
      printLine(`${groupDigits(blocks)} blocks added up, in ${groupDigits(sums)} rows`)
    })
}
