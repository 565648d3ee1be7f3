import { once } from 'node:events'
import { listAlerts } from '@forbruk/alerts/list-alerts.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command } from 'commander'
import { printAlerts, printAlertsJson } from '../print/alerts.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { startAlerts } from '../wiring/start-alerts.ts'
import { LIST_LIMIT } from './list-limit.ts'
import { parseShape } from './parse-shape.ts'

export function alertsCommand(context: CommandContext): Command {
  return new Command('alerts')
    .description('clients that have reached, or are on their way to, what is included in a month')
    .addCommand(listCommand(context))
    .addCommand(runCommand(context))
}

function runCommand(context: CommandContext): Command {
  return new Command('run')
    .description('raise alerts and send them, until stopped, as `forbruk up` does')
    .action(async () => {
      await using parts = openParts(context)
      const signal = signalOfShutdown()
      await using _alerts = await startAlerts(parts)
      if (!signal.aborted) await once(signal, 'abort')
    })
}

type ListFlags = { month?: string; client?: string; limit: number; json: boolean }

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('alerts, newest first, and how far each has come')
    .option('--month <month>', 'only those of this month, YYYY-MM')
    .option('--client <id>', 'only those of this client')
    .option('--limit <n>', 'at most so many', parseShape(LIST_LIMIT), 50)
    .option('--json', 'print as JSON', false)
    .action(async (flags: ListFlags) => {
      const month = flags.month === undefined ? null : parseBillingPeriod(flags.month).month
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const { client = null, limit } = flags
      const rows = await listAlerts(store, parts.config.log.topic, { month, client, limit })
      if (flags.json) printAlertsJson(rows)
      else printAlerts(rows)
    })
}
