import { userInfo } from 'node:os'
import { approveAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command, type Option } from 'commander'
import { NotClosedError } from '../print/not-closed-error.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { closingParts } from '../wiring/closing-parts.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { parseReason } from './parse-reason.ts'

type AnnounceFlags = { revision?: number; actor?: string; json: boolean }

export function announceStatementsCommand(context: CommandContext, revisionOption: Option): Command {
  return new Command('announce')
    .description('approve the statements of a month that wait for it, and announce them')
    .argument('<month>', 'YYYY-MM')
    .addOption(revisionOption)
    .option('--actor <name>', 'who approves; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (month: string, options: AnnounceFlags) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const done = await approveAndAnnounce(closingParts(parts), {
        month: period.month,
        revision: options.revision ?? null,
        actor: options.actor ?? userInfo().username,
      })
      if (done === null) throw new NotClosedError(describeMissing(month, options.revision))
      if (options.json) return printJson({ month, ...done })
      for (const { revision, by } of done.approvals) printLine(`${month} r${revision} is approved by ${by}`)
      if (done.approvals.length === 0) printLine(describeNothing(month, options.revision))
      printLine(`announced ${groupDigits(done.announced)} on ${parts.config.statementsTopic}`)
    })
}

function describeNothing(month: string, revision: number | undefined): string {
  return `nothing of ${month} waits for approval${revision === undefined ? '' : ` up to r${revision}`}`
}

function describeMissing(month: string, revision: number | undefined): string {
  return revision === undefined
    ? `${month} is not closed; run forbruk close ${month}`
    : `${month} has no revision ${revision}`
}
