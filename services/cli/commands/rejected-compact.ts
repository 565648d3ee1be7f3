import { compactRejected } from '@forbruk/close/rejected/compact-rejected.ts'
import { Command } from 'commander'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { readTariffFile } from '../wiring/read-tariff-file.ts'

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
      const compacted = await compactRejected({
        ...{ store: await parts.store(), stream: config.log.topic, timeZone, keeping: config.rejected },
        ...{ isTrial, clock: Date.now },
      })
      if (json) return printJson(compacted)
      const { blocks, rowsBefore, rowsAfter, sums } = compacted
      const [before, after] = [rowsBefore, rowsAfter].map(groupDigits)
      printLine(
        `${before} rows of rejected events in whole blocks, ${after} ${isTrial ? 'would be' : 'are'} left`,
      )
      printLine(`${groupDigits(blocks)} blocks added up, in ${groupDigits(sums)} rows`)
    })
}
