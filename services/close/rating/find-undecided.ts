import type { CloseException } from '@forbruk/schemas/statement/month-close.ts'
import type { DecimalText } from '@forbruk/schemas/statement/statement.ts'

/** Use that counts for something or for nothing, and the tariff doesn't say which. */
export type Undecided = {
  readonly kind: 'integration_undecided'
  /** Of the tariff's definitions: the one that says it. */
  readonly definition: 'unnamedIntegration' | 'unknownIntegration'
  readonly requests: DecimalText
  readonly clients: number
  /** The first, and what its use names. */
  readonly clientId: string
  readonly integrationId: string
}

/** Pure: one for each definition that has to be made before the month can be rated. */
export function findUndecided(exceptions: readonly CloseException[]): Undecided[] {
  const undecided = exceptions.filter(each => each.kind === 'undecided_integration')
  const unnamed = undecided.filter(each => each.integrationId === '')
  const unknown = undecided.filter(each => each.integrationId !== '')
  return [...sumUp('unnamedIntegration', unnamed), ...sumUp('unknownIntegration', unknown)]
}

function sumUp(definition: Undecided['definition'], uses: readonly CloseException[]): Undecided[] {
  const [first] = uses
  if (first === undefined) return []
  const requests = uses.reduce((sum, use) => sum + BigInt(use.requests), 0n)
  const clients = new Set(uses.map(use => use.clientId)).size
  const { clientId, integrationId } = first
  return [
    { kind: 'integration_undecided', definition, requests: `${requests}`, clients, clientId, integrationId },
  ]
}
