import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requireApproved } from '@forbruk/close/statements/approve.ts'
import { exportTable } from '@forbruk/close/statements/export-table.ts'
import { findRevision, type StatedRevision } from '@forbruk/close/statements/find-revision.ts'
import { payerPages } from '@forbruk/close/statements/list-payers.ts'
import { writePages } from '@forbruk/close/statements/write-pages.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { type BillingPeriod, parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import {
  EXPORT_FORMATS,
  EXPORT_TABLES,
  type ExportFormat,
  type ExportTable,
  exportedFileName,
} from '@forbruk/schemas/statement/export.ts'
import { LANGUAGES, type Language } from '@forbruk/schemas/statement/language.ts'
import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { wholeNumberShape } from '@forbruk/schemas/text/whole-number.ts'
import { Command, Option } from 'commander'
import { NotClosedError } from '../print/not-closed-error.ts'
import { startProgressBar } from '../print/progress-bar.ts'
import { printPayers, printProof } from '../print/statements.ts'
import { groupDigits, printBytes, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts, type Parts } from '../wiring/parts/open-parts.ts'
import { readSellerFile, readSellerIfNamed } from '../wiring/parts/read-seller-file.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { announceStatementsCommand } from './announce-statements.ts'
import { parseShape } from './parse-shape.ts'

export function statementsCommand(context: CommandContext): Command {
  return new Command('statements')
    .description('what a closed month came to: to list, to print, as files, or to announce')
    .addCommand(listCommand(context))
    .addCommand(printCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(announceStatementsCommand(context))
    .addCommand(proofCommand(context))
}

const PAYERS_PER_PAGE = 1_000

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
      for await (const page of payerPages(store, stated, PAYERS_PER_PAGE)) payers.push(...page)
      if (options.json) printJson({ month, revision: stated.revision, payers })
      else printPayers(payers)
    })
}

type PrintFlags = { payer?: string; revision?: number; language: Language; out: string; json: boolean }

function printCommand(context: CommandContext): Command {
  return new Command('print')
    .description('one page of HTML for each payer, that prints on A4')
    .argument('<month>', 'YYYY-MM')
    .option('--payer <id>', 'only this payer')
    .addOption(revisionOption())
    .addOption(
      new Option('--language <language>', 'Norwegian (bokmål) or English')
        .choices([...LANGUAGES])
        .default('nb'),
    )
    .requiredOption('--out <dir>', 'the folder to write to; made when missing')
    .option('--json', 'print the files as JSON', false)
    .action(async (month: string, { payer, revision, language, out, json }: PrintFlags) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const store = await parts.readableStore()
      const { timeZone } = await readTariffFile(parts.config.tariffPath)
      const stated = await findStated(store, period, revision)
      const bar = startProgressBar(`printing ${month}`)
      const files = await writePages({
        store,
        stated,
        timeZone,
        seller: await readSellerIfNamed(parts.config.sellerPath),
        language,
        directory: out,
        payerId: payer ?? null,
        onWritten: count => bar.update(count, stated.statements, `${groupDigits(count)} pages`),
      }).finally(() => bar.stop())
      const name = `${month} r${stated.revision}`
      if (files.length === 0) throw new NotClosedError(describeNone(name, month, payer))
      if (json) return printJson({ month, revision: stated.revision, files })
      printLine(`${name}: ${groupDigits(files.length)} ${files.length === 1 ? 'page' : 'pages'} in ${out}`)
    })
}

function describeNone(name: string, month: string, payer: string | undefined): string {
  if (payer === undefined) return `${name} has no statement`
  return `${name} has no statement for payer ${payer}; forbruk statements list ${month} has its payers`
}

type ExportFlags = { revision?: number; format: ExportFormat | 'ehf'; table?: ExportTable; out?: string }

function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description("a month's statements, lines and adjustments as files, or its invoices as EHF")
    .argument('<month>', 'YYYY-MM')
    .addOption(revisionOption())
    .addOption(
      new Option('--format <format>', 'of the files').choices([...EXPORT_FORMATS, 'ehf']).default('csv'),
    )
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
      if (format === 'ehf') {
        if (table !== undefined) command.error('error: expected no --table with --format ehf')
        return await exportInvoices(parts, stated, out ?? '.')
      }
      if (table !== undefined && out === undefined) {
        return printBytes(await exportTable(store, stated, table, format))
      }
      const targets =
        table === undefined
          ? EXPORT_TABLES.map(each => ({
              table: each,
              path: join(out ?? '.', exportedFileName(each, month, format)),
            }))
          : [{ table, path: out ?? '' }]
      if (table === undefined) await mkdir(out ?? '.', { recursive: true })
      for (const target of targets) {
        await writeFile(target.path, await exportTable(store, stated, target.table, format))
        printLine(target.path)
      }
    })
}

async function exportInvoices(parts: Parts, stated: StatedRevision, directory: string): Promise<void> {
  const { config } = parts
  const seller = await readSellerFile(config.sellerPath)
  const { timeZone } = await readTariffFile(config.tariffPath)
  const store = await parts.readableStore()
  await requireApproved(store, config.statementsTopic, stated.month, stated.revision)
  // Loaded only here: what writes XML is a tenth of the program, and every other command would start later for it.
  const { writeInvoices } = await import('@forbruk/close/invoices/write-invoices.ts')
  const counts = await writeInvoices({ store, stated, seller, timeZone, directory })
  const name = `${stated.month} r${stated.revision}`
  if (counts.invoice + counts.credit_note === 0)
    return printLine(`${name}: nobody owes anything by it, or is owed`)
  const invoices = `${groupDigits(counts.invoice)} ${counts.invoice === 1 ? 'invoice' : 'invoices'}`
  const notes = `${groupDigits(counts.credit_note)} ${counts.credit_note === 1 ? 'credit note' : 'credit notes'}`
  printLine(`${name}: ${invoices} and ${notes} in ${directory}`)
}

function proofCommand(context: CommandContext): Command {
  return new Command('proof')
    .description("what a month's figures rest on: offsets, sources and versions; for the provider alone")
    .argument('<month>', 'YYYY-MM')
    .addOption(revisionOption())
    .option('--json', 'print as JSON', false)
    .action(async (month: string, options: { revision?: number; json: boolean }) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const { revision, proof } = await findStated(await parts.readableStore(), period, options.revision)
      if (options.json) printJson({ month, revision, ...proof })
      else printProof(`${month} r${revision}`, proof)
    })
}

function revisionOption(): Option {
  return new Option('--revision <n>', 'the newest without it').argParser(
    parseShape(wholeNumberShape(1, 1_000_000)),
  )
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
