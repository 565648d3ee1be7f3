import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { Command } from 'commander'
import { printJson, printLine } from '../print/table.ts'
import type { CommandContext } from '../wiring/parts/open-parts.ts'

export function migrateCommand(context: CommandContext): Command {
  return new Command('migrate')
    .description('bring the tables and views of the store up to date')
    .option('--json', 'print what was applied as JSON', false)
    .action(async (options: { json: boolean }) => {
      const store = await openStore(context.readConfig().store)
      try {
        const applied = await migrate(store, MIGRATIONS, Date.now)
        const names = applied.map(({ number, name }) => ({ number, name }))
        if (options.json) return printJson(names)
        for (const { number, name } of names) printLine(`applied ${String(number).padStart(3, '0')} ${name}`)
        if (names.length === 0) printLine('up to date')
      } finally {
        await store.close()
      }
    })
}
