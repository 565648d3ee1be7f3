import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import type { Obstacle } from '@forbruk/shipper/obstacles/obstacle.ts'
import { ship, shipperStateDir } from '@forbruk/shipper/ship.ts'
import { Command } from 'commander'
import { FIELDS_EXPLAINED } from '../print/explain-fields.ts'
import { startProgressBar } from '../print/progress-bar.ts'
import { explainRequestIds } from '../print/request-ids.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { type GatewayFieldOptions, openChosenFormat } from '../wiring/parts/read-format-file.ts'
import { withGatewayFields } from './gateway-format-options.ts'

type ShipOptions = GatewayFieldOptions & {
  format: string
  source: string
  follow: boolean
  json: boolean
}

export function shipCommand(context: CommandContext): Command {
  const command = new Command('ship')
    .description("send a gateway's log lines to the event log; goes on where it left off")
    .argument(
      '<file...>',
      'log files, compressed by gzip or zstd too; - reads standard input; with --follow also folders in which ' +
        "rotated files lie, such as logrotate's olddir",
    )
    .requiredOption(
      '--format <format>',
      'how the lines are written: see forbruk formats list; or the file of your own. In an envelope: syslog+combined',
    )
    .requiredOption(
      '--source <name>',
      'the log stream, e.g. the host and log name; never reuse one for another stream',
    )
  return withGatewayFields(command)
    .option('--follow', 'go on as the files grow, through rotation, until stopped', false)
    .option('--json', 'print the summary as JSON', false)
    .addHelpText('after', () => `\n${FIELDS_EXPLAINED}\n\n${explainRequestIds('ship')}`)
    .action(async (files: string[], options: ShipOptions) => {
      const format = openChosenFormat(options.format, options)
      await using parts = openParts(context)
      const bar = startProgressBar('shipping')
      const summary = await ship({
        log: await parts.log(),
        format,
        source: options.source,
        files,
        follow: options.follow,
        stateDir: shipperStateDir(parts.config.dataDir),
        clock: Date.now,
        host: hostname(),
        newId: () => randomBytes(8).toString('hex'),
        onWarning: message => parts.logger.warn(message),
        signal: signalOfShutdown(),
        onProgress: ({ bytesRead, bytesTotal, lines }) =>
          bar.update(bytesRead, bytesTotal ?? bytesRead, `${groupDigits(lines)} lines`),
      }).finally(() => bar.stop())
      if (options.json) return printJson(summary)
      printLine(
        `${options.source}: ${groupDigits(summary.lines)} lines = ${groupDigits(summary.events)} events + ` +
          `${groupDigits(summary.rejected)} rejected + ${groupDigits(summary.blank)} blank`,
      )
      for (const { path, note, position } of summary.files) {
        if (note === 'empty') printLine(`  ${path} is empty`)
        if (note === 'nothing_new') printLine(`  ${path}: nothing new after byte ${groupDigits(position)}`)
      }
      printObstacles(options.source, summary.obstacles)
    })
}

function printObstacles(source: string, obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return
  printLine(`${source} is not complete, and its marks go no further, because of:`)
  for (const { reason, path, detail } of obstacles) printLine(`  ${path} (${reason}): ${detail}`)
  printLine(`Mend that, or give it up: forbruk source accept-loss ${source} FILE --reason TEXT`)
}
