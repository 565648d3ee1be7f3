import { describeTariff } from '@forbruk/schemas/tariff/describe-tariff.ts'
import { Command } from 'commander'
import { printJson, printLine } from '../print/table.ts'
import type { CommandContext } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'

export function tariffCommand(context: CommandContext): Command {
  const checking = new Command('check')
    .description('say what a tariff file comes to, or every mistake in it')
    .argument('[file]', "the tariff; FORBRUK_TARIFF's, or the published prices, without it")
    .option('--json', 'print the tariff as it is understood', false)
    .action(async (file: string | undefined, options: { json: boolean }) => {
      const tariff = await readTariffFile(file ?? context.readConfig().tariffPath)
      if (options.json) return printJson(tariff)
      for (const version of tariff.versions) {
        printLine(`from ${version.validFrom}`)
        for (const sentence of describeTariff(tariff, version)) printLine(`  ${sentence}`)
      }
    })
  return new Command('tariff').description('prices and definitions').addCommand(checking)
}
