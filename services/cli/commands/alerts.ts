import { once } from 'node:events'
import { type ListedAlert, listAlerts } from '@forbruk/alerts/list-alerts.ts'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command, InvalidArgumentError } from 'commander'
import { groupDigits, printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { startAlerts } from '../wiring/start-alerts.ts'

export function alertsCommand(context: CommandContext): Command {
  return new Command('alerts')
    .description('clients that have reached, or are on their way to, what is included in a month')
    .addCommand(listCommand(context).exitOverride())
    .addCommand(runCommand(context).exitOverride())
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
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--json', 'print as JSON', false)
    .action(async (flags: ListFlags) => {
      const month = flags.month === undefined ? null : parseBillingPeriod(flags.month).month
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const { client = null, limit } = flags
      const rows = await listAlerts(store, parts.config.log.topic, { month, client, limit })
      if (flags.json) return printJson(rows)
      if (rows.length === 0) return printLine('no alerts')
      printAlerts(rows)
    })
}

function printAlerts(rows: readonly ListedAlert[]): void {
  printTable(
    [
      { title: 'raised (UTC)' },
      { title: 'month' },
      { title: 'client' },
      { title: 'reached' },
      { title: 'used', align: 'right' },
      { title: 'included', align: 'right' },
      { title: 'on the topic at' },
      { title: 'webhooks' },
    ],
    rows.map(row => [
      row.raised_at,
      row.month,
      row.client_id,
      `${row.level} % of ${row.metric}${row.kind === 'forecast' ? `, by forecast of ${groupDigits(row.forecast ?? '')}` : ''}`,
      groupDigits(row.used),
      groupDigits(row.allowance),
      row.offset === null ? 'not yet' : `${row.partition}:${row.offset}`,
      row.webhooks.map(describeWebhook).join('\n'),
    ]),
  )
}

function describeWebhook(each: { webhook: string; state: string; attempts: number; detail: string }): string {
  const attempts = each.attempts === 1 ? '1 attempt' : `${each.attempts} attempts`
  const state = `${each.webhook} ${each.state.replace('_', ' ')} (${attempts})`
  return each.state === 'accepted' || each.detail === '' ? state : `${state}: ${each.detail}`
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit
  throw new InvalidArgumentError('expected a whole number from 1 to 100000')
}
