import type { Command } from 'commander'

/** How a command is told which field of a line names whom. */
export function withGatewayFields(command: Command): Command {
  return command
    .option('--client-field <name>', 'the field that names the client')
    .option('--integration-field <name>', 'the field that names the integration')
}
