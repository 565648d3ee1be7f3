import { importRegistry } from '@forbruk/close/registry/import-registry.ts'
import { readApart } from '@forbruk/close/registry/read-apart.ts'
import { readStoredRegistry } from '@forbruk/close/registry/read-stored-registry.ts'
import { placeVersions, readVersions } from '@forbruk/close/registry/registry-versions.ts'
import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { Command } from 'commander'
import { printRegistry, printRegistryImport, printVersions } from '../print/registry.ts'
import { printJson } from '../print/table.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import { readTariffFile } from '../wiring/parts/read-tariff-file.ts'
import { recordCommand } from '../wiring/parts/record-command.ts'

export function registryCommand(context: CommandContext): Command {
  return new Command('registry')
    .description('who is metered, and which integrations they use')
    .addCommand(importCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
}

function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description(
      'store clients.csv, partners.csv, integrations.csv and activations.csv of a folder, all or nothing',
    )
    .argument('<dir>', 'the folder')
    .option(
      '--valid-from <month>',
      'the first month it holds for, YYYY-MM; without it, this month. The very first holds for earlier ones too',
    )
    .option('--json', 'print the counts as JSON', false)
    .action(async (directory: string, options: { validFrom?: string; json: boolean }) => {
      const validFrom = options.validFrom === undefined ? undefined : parseBillingPeriod(options.validFrom)
      await using parts = openParts(context)
      const { timeZone } = await readTariffFile(parts.config.tariffPath)
      // Large files are read while the store opens, which takes as long.
      await using reading = readApart({ kind: 'folder', directory })
      const store = await parts.store()
      const subject = validFrom?.month ?? ''
      const imported = await recordCommand(parts, { act: 'import_registry', subject }, () =>
        importRegistry(reading, { store, validFrom, timeZone, clock: Date.now }),
      )
      if (options.json) printJson(imported)
      else printRegistryImport(imported)
    })
}

function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('every import, and the months it holds for')
    .option('--json', 'print the list as JSON', false)
    .action(async (options: { json: boolean }) => {
      await using parts = openParts(context)
      const versions = placeVersions(await readVersions(await parts.readableStore()))
      if (options.json) printJson(versions)
      else printVersions(versions)
    })
}

function showCommand(context: CommandContext): Command {
  return new Command('show')
    .description('the registry that a month is rated with')
    .argument('<month>', 'YYYY-MM')
    .option('--json', 'print it whole as JSON', false)
    .action(async (month: string, options: { json: boolean }) => {
      const period = parseBillingPeriod(month)
      await using parts = openParts(context)
      const stored = await readStoredRegistry(await parts.readableStore(), period.month)
      if (options.json) printJson(stored)
      else printRegistry(period, stored)
    })
}
