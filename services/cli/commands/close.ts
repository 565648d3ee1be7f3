import { parseBillingPeriod } from '@forbruk/close/billing-period.ts'
import { closeMonth } from '@forbruk/close/close.ts'
import { Command } from 'commander'
import { type CommandContext, openParts } from '../open-parts.ts'
import { printJson } from '../print.ts'
import { printClose } from '../print-close.ts'
import { readTariffFile } from '../read-tariff-file.ts'

type CloseFlags = { dryRun: boolean; force: boolean; reason?: string; json: boolean }

export function closeCommand(context: CommandContext): Command {
  return new Command('close')
    .description(
      'close a month: statements by the registry and the tariff; refused (exit code 3) while incomplete',
    )
    .argument('<month>', 'YYYY-MM')
    .option('--dry-run', 'do everything but record', false)
    .option('--force', 'close although the month is incomplete; needs --reason', false)
    .option('--reason <text>', 'why, recorded with the close')
    .option('--json', 'print the result as JSON', false)
    .action(async (month: string, flags: CloseFlags, command: Command) => {
      const period = parseBillingPeriod(month)
      const force = readForce(flags, command)
      await using parts = openParts(context)
      const result = await closeMonth({
        store: await parts.store(),
        log: await parts.log(),
        tariff: await readTariffFile(parts.config.tariffPath),
        period,
        clock: Date.now,
        force,
        dryRun: flags.dryRun,
        onProgress: step => parts.logger.debug({ step }, 'closing'),
      })
      if (flags.json) printJson(result)
      else printClose(month, result)
    })
}

function readForce(flags: CloseFlags, command: Command): { reason: string } | undefined {
  const reason = flags.reason?.trim() ?? ''
  if (flags.force && reason === '')
    command.error("error: --force needs --reason '…': it is recorded with the close")
  if (!flags.force && reason !== '') command.error('error: --reason goes with --force')
  return flags.force ? { reason } : undefined
}
