import { makePrintable } from '@forbruk/schemas/text/make-printable.ts'
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import type { CommandContext } from './wiring/parts/open-parts.ts'

/** Each is loaded when it is asked for: what it needs takes longer to load than many of them to run. */
const COMMANDS = {
  up: async () => (await import('./commands/up.ts')).upCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  formats: async () => (await import('./commands/formats.ts')).formatsCommand,
  ship: async () => (await import('./commands/ship.ts')).shipCommand,
  intake: async () => (await import('./commands/intake.ts')).intakeCommand,
  collect: async () => (await import('./commands/collect.ts')).collectCommand,
  aggregate: async () => (await import('./commands/aggregate.ts')).aggregateCommand,
  close: async () => (await import('./commands/close.ts')).closeCommand,
  statements: async () => (await import('./commands/statements.ts')).statementsCommand,
  case: async () => (await import('./commands/case.ts')).caseCommand,
  alerts: async () => (await import('./commands/alerts.ts')).alertsCommand,
  registry: async () => (await import('./commands/registry.ts')).registryCommand,
  tariff: async () => (await import('./commands/tariff.ts')).tariffCommand,
  sql: async () => (await import('./commands/sql.ts')).sqlCommand,
  rejected: async () => (await import('./commands/rejected.ts')).rejectedCommand,
  source: async () => (await import('./commands/source.ts')).sourceCommand,
  stream: async () => (await import('./commands/stream.ts')).streamCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  access: async () => (await import('./commands/access.ts')).accessCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
} satisfies Record<string, () => Promise<(context: CommandContext) => Command>>

function isCommand(name: string | undefined): name is keyof typeof COMMANDS {
  return name !== undefined && Object.hasOwn(COMMANDS, name)
}

/**
 * Every command with its arguments and options, or the one that is typed first; none is run, and nothing is opened.
 */
export async function createProgram(context: CommandContext, typed?: string): Promise<Command> {
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
  const loads = isCommand(typed) ? [COMMANDS[typed]] : Object.values(COMMANDS)
  for (const load of loads) program.addCommand((await load())(context))
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
