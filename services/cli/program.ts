import { makePrintable } from '@forbruk/schemas/text/make-printable.ts'
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { accessCommand } from './commands/access.ts'
import { aggregateCommand } from './commands/aggregate.ts'
import { alertsCommand } from './commands/alerts.ts'
import { auditCommand } from './commands/audit.ts'
import { caseCommand } from './commands/case.ts'
import { closeCommand } from './commands/close.ts'
import { collectCommand } from './commands/collect.ts'
import { doctorCommand } from './commands/doctor.ts'
import { formatsCommand } from './commands/formats.ts'
import { intakeCommand } from './commands/intake.ts'
import { migrateCommand } from './commands/migrate.ts'
import { registryCommand } from './commands/registry.ts'
import { rejectedCommand } from './commands/rejected.ts'
import { serveCommand } from './commands/serve.ts'
import { shipCommand } from './commands/ship.ts'
import { sourceCommand } from './commands/source.ts'
import { sqlCommand } from './commands/sql.ts'
import { statementsCommand } from './commands/statements.ts'
import { statusCommand } from './commands/status.ts'
import { streamCommand } from './commands/stream.ts'
import { tariffCommand } from './commands/tariff.ts'
import { upCommand } from './commands/up.ts'
import type { CommandContext } from './wiring/parts/open-parts.ts'

const COMMANDS = [
  upCommand,
  serveCommand,
  formatsCommand,
  shipCommand,
  intakeCommand,
  collectCommand,
  aggregateCommand,
  closeCommand,
  statementsCommand,
  caseCommand,
  alertsCommand,
  registryCommand,
  tariffCommand,
  sqlCommand,
  rejectedCommand,
  sourceCommand,
  streamCommand,
  auditCommand,
  statusCommand,
  doctorCommand,
  accessCommand,
  migrateCommand,
]

/** Every command with its arguments and options; none is run, and nothing is opened. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('forbruk')
    .description('Exact usage metering for an API gateway: from log line to monthly statement.')
    .version(manifest.version)
    .addHelpText(
      'after',
      `
Environment: KAFKA_BROKERS and CLICKHOUSE_URL choose servers; without them everything is embedded in
FORBRUK_DATA_DIR (./data). Exit codes: 0 done, 1 a failure, 2 wrong usage, 3 refused for a stated reason.`,
    )
    .showHelpAfterError('(forbruk --help lists the commands)')
  for (const command of COMMANDS) program.addCommand(command(context))
  throwWrongUsage(program)
  return program
}

/** Where commander would end the process, with an exit code of its own. No command takes this from the one above it. */
function throwWrongUsage(command: Command): void {
  command.exitOverride()
  // It says again what was typed, or pasted.
  command.configureOutput({ outputError: (text, write) => write(makePrintable(text)) })
  for (const each of command.commands) throwWrongUsage(each)
}
