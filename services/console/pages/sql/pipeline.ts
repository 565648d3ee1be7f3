import { quoteText } from '@forbruk/infra/store/quote-sql.ts'

export function partitionsSql(stream: string): string {
  return `SELECT next_offset, requests, duplicates, rejected
FROM ingest_progress
WHERE stream = ${quoteText(stream)}
ORDER BY partition`
}

/** How far a month must be counted is for the log to say: it is no figure of the store. */
export function countedToSql(stream: string): string {
  return `SELECT next_offset
FROM ingest_progress
WHERE stream = ${quoteText(stream)}
ORDER BY partition`
}

export function shippedToSql(stream: string): string {
  return `SELECT missing
FROM source_progress
WHERE stream = ${quoteText(stream)}
ORDER BY source`
}

export function sourcesSql(stream: string): string {
  return `SELECT events, events_marked, missing
FROM source_progress
WHERE stream = ${quoteText(stream)}
ORDER BY source`
}

export function rejectedSql(stream: string): string {
  return `SELECT sum(events)
FROM rejected_events
WHERE stream = ${quoteText(stream)}
GROUP BY reason, state
ORDER BY reason, state`
}
