import { once } from 'node:events'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
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
      const month = flags.month === undefined ? '' : parseBillingPeriod(flags.month).month
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const rows = await store.query(LIST_SQL, alertShape, {
        stream: parts.config.log.topic,
        month,
        client: flags.client ?? '',
        limit: flags.limit,
      })
      if (flags.json) return printJson(rows)
      if (rows.length === 0) return printLine('no alerts')
      printAlerts(rows)
    })
}

const alertShape = z.object({
  alert_id: z.string(),
  client_id: z.string(),
  month: z.string(),
  metric: z.string(),
  kind: z.string(),
  level: z.number(),
  used: z.string(),
  allowance: z.string(),
  forecast: z.string().nullable(),
  raised_at: z.string(),
  published_at: z.string().nullable(),
  topic: z.string(),
  partition: z.number().nullable(),
  offset: z.string().nullable(),
  webhooks: z.array(
    z.object({ webhook: z.string(), state: z.string(), attempts: z.number(), detail: z.string() }),
  ),
})

const LIST_SQL = `
SELECT
    alert_id, client_id, month, metric, kind, level, used, allowance, forecast, raised_at, published_at, topic,
    partition, offset, webhooks
FROM usage_alerts
WHERE stream = {stream:String}
    AND ({month:String} = '' OR month = {month:String})
    AND ({client:String} = '' OR client_id = {client:String})
ORDER BY raised_at DESC, client_id, metric, kind, level
LIMIT {limit:UInt32}`

function printAlerts(rows: readonly z.output<typeof alertShape>[]): void {
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
