import { audit } from '@forbruk/aggregator/audit/audit.ts'
import { type MoneyReport, verifyMoney } from '@forbruk/close/verify/verify-money.ts'
import type { AcceptedGap } from '@forbruk/infra/store/tables/accepted-gap.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { Command } from 'commander'
import { startProgressBar } from '../print/progress-bar.ts'
import { groupDigits, printJson, printLine, spellTime } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'

export function auditCommand(context: CommandContext): Command {
  return new Command('audit')
    .description('check the invariants of what is stored; names what fails, and exits 1')
    .option('--month <YYYY-MM>', 'replay only the blocks with events of this month')
    .option('--replay', 'fold every block again from the log and compare', false)
    .option('--json', 'print the report as JSON', false)
    .action(async (options: { month?: string; replay: boolean; json: boolean }) => {
      await using parts = openParts(context)
      const tariff = await readTariffFile(parts.config.tariffPath)
      const range =
        options.month === undefined ? null : periodRange(parseBillingPeriod(options.month), tariff.timeZone)
      const bar = startProgressBar('replaying')
      const report = await audit({
        store: await parts.readableStore(),
        stream: parts.config.log.topic,
        replayFrom: options.replay ? await parts.log() : null,
        range,
        onProgress: (done, total) => bar.update(done, total, `block ${done} of ${total}`),
      }).finally(() => bar.stop())
      const money = await verifyMoney(await parts.readableStore(), tariff)
      const findings = [...report.findings, ...money.findings]
      if (findings.length > 0) process.exitCode = 1
      if (options.json) {
        const { closes, verified, uncovered, hashesUncovered: hashes_uncovered } = money
        const rests = { closes, verified, uncovered, hashes_uncovered }
        return printJson({ ...report, findings, gaps: report.gaps.map(gapAsJson), money: rests })
      }
      for (const { check, place, message } of findings) printLine(`FAILED ${check}: ${place}: ${message}`)
      for (const gap of report.gaps) printLine(describeGap(gap))
      printLine(
        `${groupDigits(report.records)} records = ${groupDigits(report.requests)} counted + ` +
          `${groupDigits(report.duplicates)} duplicates + ${groupDigits(report.rejected)} rejected + ` +
          `${groupDigits(report.marks)} marks, in ${report.blocks} blocks of ${report.partitions} partitions`,
      )
      if (report.blocksReplayed > 0) printLine(`${report.blocksReplayed} blocks folded again from the log`)
      if (report.blocksGivenUp > 0) {
        printLine(
          `${report.blocksGivenUp} blocks before a gap can't be folded again: they were given up with it`,
        )
      }
      printMoney(money)
      printLine(
        findings.length === 0
          ? `audit passed: ledger contiguous, rollup = ledger, ${report.sources} sources complete`
          : `audit failed: ${findings.length} findings`,
      )
    })
}

function gapAsJson({ partition, fromOffset, toOffset, reason, acceptedAtMs }: AcceptedGap) {
  const range = { from_offset: fromOffset, to_offset: toOffset }
  return { partition, ...range, reason, accepted_at: spellTime(acceptedAtMs) }
}

function describeGap({ partition, fromOffset, toOffset, reason, acceptedAtMs }: AcceptedGap): string {
  const range = `offsets from ${fromOffset} to before ${toOffset}`
  return `GAP partition ${partition}: ${range}, given up ${spellTime(acceptedAtMs)} UTC: ${reason}`
}

function printMoney({ closes, verified, uncovered, hashesUncovered }: MoneyReport): void {
  printLine(
    `${groupDigits(verified)} rows that money rests on are as they were written; ` +
      `${closes} closes worked out again from statements, registry and usage`,
  )
  for (const { table, rows } of uncovered) {
    printLine(`NOT COVERED ${rows} rows of ${table} from before rows were sealed`)
  }
  for (const place of hashesUncovered) {
    printLine(`NOT COVERED the content hash of ${place}: it was rated in another currency or time zone`)
  }
}
