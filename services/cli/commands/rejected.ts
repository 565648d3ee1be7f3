import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type CommandContext, openParts } from '../open-parts.ts'
import { printJson, printLine, printTable } from '../print.ts'

const rejectedShape = z.object({
  partition: z.number(),
  offset: z.string(),
  event_index: z.number(),
  append_time: z.string(),
  reason: z.string(),
  detail: z.string(),
  source: z.string(),
  file: z.string(),
  position: z.string().nullable(),
  excerpt: z.string(),
})

export function rejectedCommand(context: CommandContext): Command {
  const list = new Command('list')
    .description('the events that could not be counted, newest first')
    .option('--reason <reason>', 'only those with this reason')
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .option('--json', 'print as JSON', false)
    .action(async (options: { reason?: string; limit: number; json: boolean }) => {
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const rows = await store.query(
        `SELECT partition, offset, event_index, append_time, reason, detail, source, file, position, excerpt
         FROM rejected_events
         WHERE stream = {stream:String} AND ({reason:String} = '' OR reason = {reason:String})
         ORDER BY append_time DESC, partition, offset, event_index LIMIT {limit:UInt32}`,
        rejectedShape,
        { stream: parts.config.log.topic, reason: options.reason ?? '', limit: options.limit },
      )
      if (options.json) return printJson(rows)
      if (rows.length === 0) return printLine('no rejected events')
      printTable(
        [
          { title: 'where' },
          { title: 'reason' },
          { title: 'detail' },
          { title: 'source' },
          { title: 'excerpt' },
        ],
        rows.map(row => [
          `${row.partition}:${row.offset}${row.event_index > 0 ? `[${row.event_index}]` : ''}`,
          row.reason,
          row.detail,
          row.position === null ? row.source : `${row.source} at byte ${row.position}`,
          row.excerpt.slice(0, 60),
        ]),
      )
    })
  return new Command('rejected').description('rejected events').addCommand(list.exitOverride())
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100_000) return limit
  throw new InvalidArgumentError('expected a whole number from 1 to 100000')
}
