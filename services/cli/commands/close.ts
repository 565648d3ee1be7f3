import { CloseRefusedError, type CloseStep } from '@forbruk/close/close.ts'
import { type Closer, closeAndAnnounce } from '@forbruk/close/close-and-announce.ts'
import { toCompared } from '@forbruk/close/reconcile/judge-reconciliation.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command } from 'commander'
import { printClose, printRefusal } from '../print/close.ts'
import { describeWaiting } from '../print/describe-waiting.ts'
import { startProgressBar } from '../print/progress-bar.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { closingParts } from '../wiring/parts/closing-parts.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'
import { parseAccept } from './parse-accept.ts'
import { parseReason } from './parse-reason.ts'

/** How far along each step begins, and how much it is of the whole, by the time that large months take. */
const PROGRESS: Record<CloseStep, { readonly from: number; readonly weight: number }> = {
  gate: { from: 0, weight: 2 },
  read: { from: 2, weight: 33 },
  rate: { from: 35, weight: 15 },
  explain: { from: 50, weight: 10 },
  record: { from: 60, weight: 25 },
  open_cases: { from: 85, weight: 15 },
}

type CloseFlags = {
  dryRun: boolean
  accept?: string[]
  force: boolean
  reason?: string
  json: boolean
}

export function closeCommand(context: CommandContext): Command {
  return new Command('close')
    .description(
      'close a month: statements by the registry and the tariff; refused (exit code 3) while incomplete',
    )
    .argument('<month>', 'YYYY-MM')
    .option('--dry-run', 'do everything but record', false)
    .option(
      '--accept <differences>',
      'what a closed month may change through, as --dry-run names it, such as registry:0a1b2c3d4e5f; by commas',
      parseAccept,
    )
    .option('--force', 'close although the month is incomplete; needs --reason', false)
    .option('--reason <text>', 'why, recorded with the close', parseReason)
    .option('--json', 'print the result as JSON', false)
    .action(async (month: string, flags: CloseFlags, command: Command) => {
      const period = parseBillingPeriod(month)
      const force = readForce(flags, command)
      await using parts = openParts(context)
      const bar = startProgressBar(`closing ${month}`)
      const request = {
        period,
        force,
        accept: flags.accept,
        dryRun: flags.dryRun,
        onProgress: (step: CloseStep, done: number, total: number) => {
          bar.update(PROGRESS[step].from + (PROGRESS[step].weight * done) / Math.max(total, 1), 100, step)
          if (done === 0) parts.logger.debug({ step }, 'closing')
        },
      } satisfies Parameters<Closer>[0]
      const close = () => closeAndAnnounce(closingParts(parts), request)
      const closing = flags.dryRun
        ? close()
        : recordCommand(parts, { act: 'close_month', subject: period.month, reason: force?.reason }, close)
      const { result, announced, waiting } = await closing
        .catch((error: unknown) => {
          if (flags.json && error instanceof CloseRefusedError) printRefusal(month, error)
          throw error
        })
        .finally(() => bar.stop())
      if (flags.json) {
        return printJson({ ...result, reconciled: result.reconciled.map(toCompared), announced, waiting })
      }
      printClose(month, result)
      if (announced > 0) printLine(`announced ${groupDigits(announced)} on ${parts.config.statementsTopic}`)
      if (waiting.length > 0) printLine(describeWaiting(result, waiting))
    })
}

function readForce(flags: CloseFlags, command: Command): { reason: string } | undefined {
  const { reason = '' } = flags
  if (flags.force && reason === '')
    command.error("error: --force needs --reason '…': it is recorded with the close")
  if (!flags.force && reason !== '') command.error('error: --reason goes with --force')
  return flags.force ? { reason } : undefined
}
