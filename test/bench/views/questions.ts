import { nameOf, startOf } from './fill-months.ts'

/** One question, to a view and to the plain table. */
export type Question = { readonly name: string; readonly view: string; readonly plain: string }

const CLIENT = "client_id = 'client-004711'"
const TOP = 'GROUP BY client_id ORDER BY total DESC, client_id LIMIT 20'

export function questionsOf(months: number): readonly Question[] {
  const [open, closed] = [months - 1, months - 2]
  const day = `${nameOf(closed)}-14`
  return [
    topOf('top 20 of a closed month', closed),
    topOf('top 20 of the open month', open),
    {
      name: 'top 20 of a day',
      view: `SELECT client_id, sum(requests) AS total FROM usage_daily WHERE day = '${day}' ${TOP}`,
      plain: `SELECT client_id, sum(requests) AS total FROM plain_usage
              WHERE hour >= toDateTime('${day} 00:00:00', 'Europe/Oslo')
                AND hour < toDateTime('${day} 00:00:00', 'Europe/Oslo') + INTERVAL 1 DAY ${TOP}`,
    },
    {
      name: 'the days of a closed month, all clients',
      view: `SELECT day, sum(requests), sum(bytes) FROM usage_daily
             WHERE day >= '${nameOf(closed)}-01' AND day < '${nameOf(open)}-01' GROUP BY day ORDER BY day`,
      plain: `SELECT toDate(hour, 'Europe/Oslo') AS day, sum(requests), sum(request_bytes + response_bytes)
              FROM plain_usage WHERE ${within(closed)} GROUP BY day ORDER BY day`,
    },
    {
      name: 'the months of a client',
      view: `SELECT month, sum(requests) FROM usage_monthly WHERE ${CLIENT} GROUP BY month ORDER BY month`,
      plain: `SELECT formatDateTime(hour, '%Y-%m', 'Europe/Oslo') AS month, sum(requests)
              FROM plain_usage WHERE ${CLIENT} GROUP BY month ORDER BY month`,
    },
    {
      name: 'the hours of a client in a closed month',
      view: `SELECT hour, sum(requests) FROM usage_hourly
             WHERE ${CLIENT} AND ${within(closed)} GROUP BY hour ORDER BY hour`,
      plain: `SELECT hour, sum(requests) FROM plain_usage
              WHERE ${CLIENT} AND ${within(closed)} GROUP BY hour ORDER BY hour`,
    },
  ]
}

function topOf(name: string, month: number): Question {
  return {
    name,
    view: `SELECT client_id, sum(requests) AS total FROM usage_monthly WHERE month = '${nameOf(month)}' ${TOP}`,
    plain: `SELECT client_id, sum(requests) AS total FROM plain_usage WHERE ${within(month)} ${TOP}`,
  }
}

function within(month: number): string {
  return `hour >= ${startOf(month)} AND hour < ${startOf(month + 1)}`
}
