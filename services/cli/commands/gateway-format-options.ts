import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { Command } from 'commander'
import { openFormatWithFields } from '../wiring/read-format-file.ts'

export type GatewayFieldOptions = { clientField?: string; integrationField?: string }

/** How a command is told which field of a line names whom. */
export function withGatewayFields(command: Command): Command {
  return command
    .option('--client-field <name>', 'the field that names the client')
    .option('--integration-field <name>', 'the field that names the integration')
}

/** A format by its name or by the file of the operator's own. Throws GatewayFormatError. */
export function openChosenFormat(name: string, options: GatewayFieldOptions): DeclaredFormat {
  return openFormatWithFields(name, { client: options.clientField, integration: options.integrationField })
}
