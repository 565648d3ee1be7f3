import { openGatewayFormat } from '@forbruk/schemas/gateway/formats.ts'
import type { GatewayFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { Command } from 'commander'

export type GatewayFieldOptions = { clientField?: string; integrationField?: string }

/** How a command is told which field of a line names whom. */
export function withGatewayFields(command: Command): Command {
  return command
    .option('--client-field <name>', 'the field that names the client')
    .option('--integration-field <name>', 'the field that names the integration')
}

export function openChosenFormat(name: string, options: GatewayFieldOptions): GatewayFormat {
  return openGatewayFormat(name, { client: options.clientField, integration: options.integrationField })
}
