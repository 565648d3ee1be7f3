import { userInfo } from 'node:os'
import { approveAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { approvedShape } from '@forbruk/schemas/statement/announcement.ts'
import { Command } from 'commander'
import { NotClosedError } from '../print/not-closed-error.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { closingParts } from '../wiring/parts/closing-parts.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseReason } from './parse-reason.ts'
import { parseShape } from './parse-shape.ts'

type AnnounceFlags = { approve?: string; actor?: string; json: boolean }

export function announceStatementsCommand(context: CommandContext): Command {
  return new Command('announce')
    .description('approve the statements of a month that wait for it, and announce them')
    .argument('<month>', 'YYYY-MM')
    .option(
      '--approve <revision>',
      'the newest that you have seen, with the beginning of its content hash, such as r2:0a1b2c3d4e5f',
      parseShape(approvedShape),
    )
    .option('--actor <name>', 'who approves; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (month: string, options: AnnounceFlags) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const { approve: approved = null, actor = userInfo().username } = options
      const act = { act: 'announce_statements', subject: period.month, actor: options.actor } as const
      const done = await recordCommand(parts, act, () =>
        approveAndAnnounce(closingParts(parts), { month: period.month, approved, actor }),
      )
      if (done === null) throw new NotClosedError(`${month} is not closed; run forbruk close ${month}`)
      if (options.json) return printJson({ month, ...done })
      for (const { revision, by } of done.approvals) printLine(`${month} r${revision} is approved by ${by}`)
      if (done.approvals.length === 0) printLine(`nothing of ${month} waits for approval`)
      printLine(`announced ${groupDigits(done.announced)} on ${parts.config.statementsTopic}`)
    })
}
