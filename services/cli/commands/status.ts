import { Command } from 'commander'
import { z } from 'zod'
import { groupDigits, printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/open-parts.ts'

const progressShape = z.object({
  partition: z.number(),
  next_offset: z.coerce.number(),
  requests: z.string(),
  duplicates: z.string(),
  rejected: z.string(),
  last_append_time: z.string().nullable(),
})

const gapShape = z.object({
  partition: z.number(),
  from_offset: z.string(),
  to_offset: z.string(),
  reason: z.string(),
  accepted_at: z.string(),
})

const sourceShape = z.object({
  source: z.string(),
  format: z.string(),
  events: z.string(),
  events_marked: z.string(),
  missing: z.string(),
  through: z.string().nullable(),
  retired: z.string(),
})

export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('how far each partition is counted and each source is shipped')
    .option('--json', 'print as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const status = await readStatus(parts)
      if (options.json) return printJson(status)
      printTable(
        [
          { title: 'partition', align: 'right' },
          { title: 'in the log', align: 'right' },
          { title: 'counted to', align: 'right' },
          { title: 'lag', align: 'right' },
          { title: 'requests', align: 'right' },
          { title: 'duplicates', align: 'right' },
          { title: 'rejected', align: 'right' },
          { title: 'newest record (UTC)' },
        ],
        status.partitions.map(row => [
          String(row.partition),
          groupDigits(row.end_offset),
          groupDigits(row.next_offset),
          groupDigits(row.lag),
          groupDigits(row.requests),
          groupDigits(row.duplicates),
          groupDigits(row.rejected),
          row.last_append_time ?? '',
        ]),
      )
      for (const gap of status.gaps) {
        const range = `from ${gap.from_offset} to before ${gap.to_offset}`
        printLine(`gap in partition ${gap.partition}: offsets ${range} were given up: ${gap.reason}`)
      }
      printLine()
      if (status.sources.length === 0) return printLine('no source has shipped anything yet')
      printTable(
        [
          { title: 'source' },
          { title: 'format' },
          { title: 'events', align: 'right' },
          { title: 'by its marks', align: 'right' },
          { title: 'missing', align: 'right' },
          { title: 'complete through (UTC)' },
          { title: 'retired' },
        ],
        status.sources.map(row => [
          row.source || '(gateway)',
          row.format,
          groupDigits(row.events),
          groupDigits(row.events_marked),
          groupDigits(row.missing),
          row.through ?? 'no mark in every partition yet',
          row.retired,
        ]),
      )
    })
}

async function readStatus(parts: Parts) {
  const stream = parts.config.log.topic
  const log = await parts.log()
  const store = await parts.readableStore()
  const rows = await store.query(
    `SELECT partition, next_offset, requests, duplicates, rejected, last_append_time
     FROM ingest_progress WHERE stream = {stream:String} ORDER BY partition`,
    progressShape,
    { stream },
  )
  const sources = await store.query(
    `SELECT source, format, events, events_marked, missing, progress.through AS through,
       if(retirement.through IS NOT DISTINCT FROM progress.through, retirement.reason, '') AS retired
     FROM (SELECT * FROM source_progress WHERE stream = {stream:String}) AS progress
     LEFT JOIN
       (SELECT source, reason, source_retirement.through AS through FROM source_retirement
        WHERE stream = {stream:String} ORDER BY retired_at DESC LIMIT 1 BY source) AS retirement
       ON progress.source = retirement.source
     ORDER BY source`,
    sourceShape,
    { stream },
  )
  const gaps = await store.query(
    `SELECT partition, from_offset, to_offset, reason, accepted_at
     FROM accepted_gap FINAL WHERE stream = {stream:String} ORDER BY partition, from_offset`,
    gapShape,
    { stream },
  )
  const counted = new Map(rows.map(row => [row.partition, row]))
  const partitions = []
  for (let partition = 0; partition < log.partitionCount; partition++) {
    const { startOffset, endOffset } = await log.bounds(partition)
    const row = counted.get(partition)
    const nextOffset = row?.next_offset ?? startOffset
    partitions.push({
      partition,
      end_offset: endOffset,
      next_offset: nextOffset,
      lag: Math.max(0, endOffset - nextOffset),
      requests: row?.requests ?? '0',
      duplicates: row?.duplicates ?? '0',
      rejected: row?.rejected ?? '0',
      last_append_time: row?.last_append_time ?? null,
    })
  }
  return { stream, partitions, gaps, sources }
}
