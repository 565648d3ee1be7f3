import { type ListedAlert, listedAlerts } from '@forbruk/alerts/list-alerts.ts'
import { toRow } from '@forbruk/infra/store/tables/table.ts'
import { groupDigits, printJson, printLine, printTable } from './table.ts'

/** As the view has them. */
export function printAlertsJson(alerts: readonly ListedAlert[]): void {
  printJson(alerts.map(each => toRow(listedAlerts, each)))
}

export function printAlerts(alerts: readonly ListedAlert[]): void {
  if (alerts.length === 0) {
    printLine('no alerts')
    return
  }
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
    alerts.map(each => [
      each.raisedAt,
      each.month,
      each.clientId,
      describeReached(each),
      groupDigits(each.used),
      groupDigits(each.allowance),
      each.offset === null ? 'not yet' : `${each.partition}:${each.offset}`,
      each.webhooks.map(describeWebhook).join('\n'),
    ]),
  )
}

function describeReached({ level, metric, forecast }: ListedAlert): string {
  const reached = `${level} % of ${metric}`
  return forecast === null ? reached : `${reached}, by forecast of ${groupDigits(forecast)}`
}

function describeWebhook({ webhook, state, attempts, detail }: ListedAlert['webhooks'][number]): string {
  const way = `${webhook} ${state.replace('_', ' ')} (${attempts === 1 ? '1 attempt' : `${attempts} attempts`})`
  return state === 'accepted' || detail === '' ? way : `${way}: ${detail}`
}
