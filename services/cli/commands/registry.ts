import { importRegistry } from '@forbruk/close/import-registry.ts'
import { Command } from 'commander'
import { type CommandContext, openParts } from '../open-parts.ts'
import { groupDigits, printJson, printLine } from '../print.ts'

export function registryCommand(context: CommandContext): Command {
  const importing = new Command('import')
    .description(
      'store clients.csv, partners.csv, integrations.csv and activations.csv of a folder, all or nothing',
    )
    .argument('<dir>', 'the folder')
    .option('--json', 'print the counts as JSON', false)
    .action(async (directory: string, options: { json: boolean }) => {
      await using parts = openParts(context)
      const result = await importRegistry({ store: await parts.store(), directory, clock: Date.now })
      if (options.json) return printJson(result)
      printLine(
        `${result.outcome}: ${groupDigits(result.clients)} clients, ${groupDigits(result.partners)} partners, ` +
          `${groupDigits(result.integrations)} integrations, ${groupDigits(result.activations)} activations`,
      )
    })
  return new Command('registry')
    .description('who is metered, and which integrations they use')
    .addCommand(importing.exitOverride())
}
