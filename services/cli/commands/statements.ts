import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ExportedTable, exportTable } from '@forbruk/close/statements/export-table.ts'
import { findRevision, type StatedRevision } from '@forbruk/close/statements/find-revision.ts'
import { listPayers } from '@forbruk/close/statements/list-payers.ts'
import { EXPORT_FORMATS, EXPORT_TABLES, type ExportFormat } from '@forbruk/console/routes/operations.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { Command, InvalidArgumentError, Option } from 'commander'
import { NotClosedError } from '../print/not-closed-error.ts'
import { startProgressBar } from '../print/progress-bar.ts'
import { printStatements } from '../print/statements.ts'
import { groupDigits, printBytes, printJson, printLine, printTable } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { readTariffFile } from '../wiring/read-tariff-file.ts'

export function statementsCommand(context: CommandContext): Command {
  return new Command('statements')
    .description('what a closed month came to: to list, to print, or as files')
    .addCommand(listCommand(context).exitOverride())
    .addCommand(printCommand(context).exitOverride())
    .addCommand(exportCommand(context).exitOverride())
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('the payers of a month')
    .argument('<month>', 'YYYY-MM')
    .addOption(revisionOption())
    .option('--json', 'print as JSON', false)
    .action(async (month: string, options: { revision?: number; json: boolean }) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const stated = await findStated(store, period, options.revision)
      const payers: PayerSummary[] = []
      for await (const page of payerPages(store, stated)) payers.push(...page)
      if (options.json) return printJson({ month, revision: stated.revision, payers })
      printTable(
        [
          { title: 'payer' },
          { title: 'name' },
          { title: 'clients', align: 'right' },
          { title: 'NOK payable', align: 'right' },
          { title: 'proposed', align: 'right' },
          { title: 'adjustment', align: 'right' },
        ],
        payers.map(each => [
          each.payerId,
          each.payerName,
          groupDigits(each.clients),
          groupDigits(each.payableNok),
          groupDigits(each.proposedNok),
          groupDigits(each.adjustmentsPayableNok),
        ]),
      )
    })
}

function printCommand(context: CommandContext): Command {
  return new Command('print')
    .description('one page of HTML for each payer, that prints on A4')
    .argument('<month>', 'YYYY-MM')
    .option('--payer <id>', 'only this payer')
    .addOption(revisionOption())
    .requiredOption('--out <dir>', 'the folder to write to; made when missing')
    .option('--json', 'print the files as JSON', false)
    .action(
      async (month: string, options: { payer?: string; revision?: number; out: string; json: boolean }) => {
        const period = parseBillingPeriod(month)
        await using parts = openParts(context)
        const store = await parts.readableStore()
        const { timeZone } = await readTariffFile(parts.config.tariffPath)
        const stated = await findStated(store, period, options.revision)
        await mkdir(options.out, { recursive: true })
        const bar = startProgressBar(`printing ${month}`)
        const pages = options.payer === undefined ? payerPages(store, stated) : [[{ payerId: options.payer }]]
        const files = await printStatements({
          store,
          stated,
          timeZone,
          directory: options.out,
          pages,
          onPrinted: count => bar.update(count, stated.statements, `${groupDigits(count)} pages`),
        }).finally(() => bar.stop())
        if (files.length === 0) {
          throw new NotClosedError(
            options.payer === undefined
              ? `${month} r${stated.revision} has no statement`
              : `${month} r${stated.revision} has no statement for payer ${options.payer}; forbruk statements list ${month} has its payers`,
          )
        }
        if (options.json) return printJson({ month, revision: stated.revision, files })
        printLine(
          `${month} r${stated.revision}: ${groupDigits(files.length)} ${files.length === 1 ? 'page' : 'pages'} in ${options.out}`,
        )
      },
    )
}

type ExportFlags = { revision?: number; format: ExportFormat; table?: ExportedTable; out?: string }

function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description("a month's statements, lines and adjustments as files")
    .argument('<month>', 'YYYY-MM')
    .addOption(revisionOption())
    .addOption(new Option('--format <format>', 'of the files').choices([...EXPORT_FORMATS]).default('csv'))
    .addOption(new Option('--table <table>', 'only this one').choices([...EXPORT_TABLES]))
    .option(
      '--out <path>',
      'with --table the file; else the folder for all three. Without it, to standard output',
    )
    .action(async (month: string, options: ExportFlags, command: Command) => {
      const period = parseBillingPeriod(month)
      const { table, out, format } = options
      if (table === undefined && out === undefined)
        command.error('error: expected --out DIR for all tables, or --table for one on standard output')
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const stated = await findStated(store, period, options.revision)
      if (table !== undefined && out === undefined) {
        return printBytes(await exportTable(store, stated, table, format))
      }
      const targets =
        table === undefined
          ? EXPORT_TABLES.map(each => ({ table: each, path: join(out ?? '.', `${each}-${month}.${format}`) }))
          : [{ table, path: out ?? '' }]
      if (table === undefined) await mkdir(out ?? '.', { recursive: true })
      for (const target of targets) {
        await writeFile(target.path, await exportTable(store, stated, target.table, format))
        printLine(target.path)
      }
    })
}

function revisionOption(): Option {
  return new Option('--revision <n>', 'the newest without it').argParser(text => {
    const revision = Number(text)
    if (Number.isInteger(revision) && revision >= 1 && revision <= 1_000_000) return revision
    throw new InvalidArgumentError('expected a whole number from 1')
  })
}

async function findStated(
  store: Store,
  { month }: BillingPeriod,
  revision: number | undefined,
): Promise<StatedRevision> {
  const stated = await findRevision(store, month, revision ?? null)
  if (stated !== null) return stated
  throw new NotClosedError(
    revision === undefined
      ? `${month} is not closed; run forbruk close ${month}`
      : `${month} has no revision ${revision}; forbruk sql "SELECT * FROM month_closes" has what there is`,
  )
}

const PAYERS_PER_PAGE = 1_000

async function* payerPages(store: Store, stated: StatedRevision): AsyncGenerator<PayerSummary[]> {
  let after = ''
  for (;;) {
    const page = await listPayers(store, stated, { after, limit: PAYERS_PER_PAGE })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAYERS_PER_PAGE) return
    after = last.payerId
  }
}
