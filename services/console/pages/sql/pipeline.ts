import { quoteText } from '@forbruk/infra/store/quote-sql.ts'

export function partitionsSql(stream: string): string {
  return `SELECT next_offset, requests, duplicates, rejected\nFROM ingest_progress\nWHERE stream = ${quoteText(stream)}\nORDER BY partition`
}

export function sourcesSql(stream: string): string {
  return `SELECT events, events_marked, missing\nFROM source_progress\nWHERE stream = ${quoteText(stream)}\nORDER BY source`
}

export function rejectedSql(stream: string): string {
  return `SELECT sum(events)\nFROM rejected_events\nWHERE stream = ${quoteText(stream)}\nGROUP BY reason, state\nORDER BY reason, state`
}
