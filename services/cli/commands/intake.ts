import { signalOfShutdown } from '@forbruk/infra/runtime/shutdown.ts'
import type { IntakeProgress } from '@forbruk/intake/run-term.ts'
import { RECORD_ENVELOPES } from '@forbruk/schemas/envelope/record-envelope.ts'
import { Command } from 'commander'
import { FIELDS_EXPLAINED } from '../print/explain-fields.ts'
import { explainRequestIds } from '../print/request-ids.ts'
import { groupDigits, printJson, printLine } from '../print/table.ts'
import { chooseIntake, EVENTS } from '../wiring/intake/intake-choice.ts'
import { runIntake } from '../wiring/intake/run-intake.ts'
import { type CommandContext, openParts } from '../wiring/parts/open-parts.ts'
import type { GatewayFieldOptions } from '../wiring/parts/read-format-file.ts'
import { withGatewayFields } from './gateway-format-options.ts'
import { parseSourceName } from './parse-source-name.ts'

type IntakeOptions = GatewayFieldOptions & {
  topic: string
  format: string
  source?: string
  envelope?: string
  rejectedMax: string
  untilCaughtUp: boolean
  json: boolean
}

export function intakeCommand(context: CommandContext): Command {
  const command = new Command('intake')
    .description("take a shipper's own topic into the event log; goes on where it left off")
    .requiredOption('--topic <name>', 'the topic that the shipper writes to, at KAFKA_BROKERS')
    .requiredOption(
      '--format <format>',
      'how the lines are written: see forbruk formats list; or the file of your own; ' +
        `or ${EVENTS}: Avro or JSON of our own`,
    )
    .option(
      '--envelope <name>',
      `what the shipper puts around them: ${RECORD_ENVELOPES.join(', ')} (default: lines)`,
    )
    .option(
      '--source <name>',
      'the log stream; never reuse one for another topic (default: the topic)',
      parseSourceName,
    )
  return withGatewayFields(command)
    .option('--rejected-max <percent>', 'stop, rather than reject a larger share of what comes', '25')
    .option('--until-caught-up', 'stop when everything in the topic at the start is taken in', false)
    .option('--json', 'print the summary as JSON', false)
    .addHelpText('after', () => `\n${FIELDS_EXPLAINED}\n\n${explainRequestIds('intake')}`)
    .action(async (options: IntakeOptions, command: Command) => {
      await using parts = openParts(context)
      if (parts.config.log.kind !== 'kafka')
        command.error('error: intake reads a topic of Kafka: set KAFKA_BROKERS, as host:port')
      const { topic, format, source, envelope, clientField, integrationField } = options
      const given = {
        topic,
        format,
        ...(source === undefined ? {} : { source }),
        ...(envelope === undefined ? {} : { envelope }),
        ...(clientField === undefined ? {} : { 'client-field': clientField }),
        ...(integrationField === undefined ? {} : { 'integration-field': integrationField }),
        'rejected-max': options.rejectedMax,
      }
      const choice = await chooseIntake(given, parts.config.schemaRegistry)
      let last: IntakeProgress = { counts: { events: 0, rejected: 0, blank: 0 }, partitions: [] }
      const onProgress = (progress: IntakeProgress) => {
        last = progress
      }
      const signal = signalOfShutdown()
      await runIntake(parts, choice, { untilCaughtUp: options.untilCaughtUp, signal, onProgress })
      if (options.json)
        printJson({ topic, source: choice.source, ...last.counts, partitions: last.partitions })
      else printProgress(choice.source, topic, last)
    })
}

function printProgress(source: string, topic: string, { counts, partitions }: IntakeProgress): void {
  const { events, rejected, blank } = counts
  printLine(
    `${source}: ${groupDigits(events)} events, ${groupDigits(rejected)} rejected and ${groupDigits(blank)} blank lines`,
  )
  for (const { partition, nextOffset, endOffset } of partitions)
    printLine(
      `  ${topic}/${partition}: read to offset ${groupDigits(nextOffset)} of ${groupDigits(endOffset)}`,
    )
}
