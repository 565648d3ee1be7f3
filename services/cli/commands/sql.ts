import { disarmCsv } from '@forbruk/infra/store/disarm-csv.ts'
import { queryReadOnly } from '@forbruk/infra/store/query-read-only.ts'
import { Command } from 'commander'
import { printText } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'

export function sqlCommand(context: CommandContext): Command {
  return new Command('sql')
    .description("read-only SQL on the store, in ClickHouse's dialect")
    .argument('<query>', 'one statement')
    .option('--format <format>', "one of ClickHouse's output formats; a table on a terminal, else with tabs")
    .option('--json', 'one JSON object a row', false)
    .action(async (query: string, options: { format?: string; json: boolean }) => {
      await using parts = openParts(context)
      // Opened as any command opens it, so that the views are there.
      const store = await parts.readableStore()
      const format = options.json ? 'JSONEachRow' : (options.format ?? defaultFormat())
      const answer = await queryReadOnly(store, parts.config.store, query, format)
      // Names in it are anybody's, and whoever asks for CSV may open it in a spreadsheet.
      printText(asksForCsv(query, format) ? disarmCsv(Buffer.from(answer)).toString() : answer)
    })
}

/** A format that the statement names comes first. ClickHouse takes names of formats in any case. */
function asksForCsv(query: string, format: string): boolean {
  const words = query.replaceAll(';', ' ').trim().split(/\s+/)
  const at = words.findLastIndex(word => /^format$/i.test(word))
  const isLast = at >= 0 && /^(settings)?$/i.test(words[at + 2] ?? '')
  const named = (isLast ? words[at + 1] : undefined) ?? format
  return /^csv/i.test(named)
}

function defaultFormat(): string {
  return process.stdout.isTTY ? 'PrettyCompactMonoBlock' : 'TabSeparatedWithNames'
}
