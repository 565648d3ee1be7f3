import { userInfo } from 'node:os'
import { retireSource } from '@forbruk/close/gate/retire-source.ts'
import { acceptLoss } from '@forbruk/shipper/accept-loss.ts'
import { shipperStateDir } from '@forbruk/shipper/ship.ts'
import { Command } from 'commander'
import { printJson, printLine, spellTime } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/open-parts.ts'
import { parseReason } from './parse-reason.ts'

export function sourceCommand(context: CommandContext): Command {
  const retire = new Command('retire')
    .description('record that a source will ship no more, so that no close waits for it')
    .argument('<name>', 'the source, as forbruk status lists it')
    .requiredOption('--reason <text>', 'why, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(async (source: string, options: { reason: string; actor?: string; json: boolean }) => {
      await using parts = openParts(context)
      const retired = await retireSource({
        store: await parts.store(),
        stream: parts.config.log.topic,
        source,
        reason: options.reason,
        actor: options.actor ?? userInfo().username,
        clock: Date.now,
      })
      const { throughMs, missing } = retired
      const through = throughMs === null ? null : spellTime(throughMs)
      if (options.json) return printJson({ source, through, missing })
      const howFar = through === null ? 'never said how far it shipped' : `shipped through ${through}`
      printLine(`${source} is retired; it ${howFar}, ${missing} events are missing and accepted as lost`)
    })
  const acceptLossOf = new Command('accept-loss')
    .description('record that what could not be shipped of a file is lost, so that it holds no mark back')
    .argument('<name>', 'the source')
    .argument('<file>', 'the file, as forbruk ship names it')
    .requiredOption('--reason <text>', 'why, recorded', parseReason)
    .option('--actor <name>', 'who says so; without it, the user of this machine', parseReason)
    .option('--json', 'print as JSON', false)
    .action(
      async (source: string, file: string, options: { reason: string; actor?: string; json: boolean }) => {
        const settled = await acceptLoss({
          stateDir: shipperStateDir(context.readConfig().dataDir),
          source,
          file,
          reason: options.reason,
          actor: options.actor ?? userInfo().username,
          clock: Date.now,
        })
        if (options.json) return printJson(settled)
        for (const { path, reason } of settled)
          printLine(`${source}: ${path} (${reason}) is accepted as lost`)
      },
    )
  return new Command('source')
    .description('the log streams that events come from')
    .addCommand(retire.exitOverride())
    .addCommand(acceptLossOf.exitOverride())
}
