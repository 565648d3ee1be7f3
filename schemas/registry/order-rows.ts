import type { PackedTable } from './packed-rows.ts'
import { compareText } from './sort-registry.ts'
import type { TextPool } from './text-pool.ts'

/** The rows of each file, as `sortRegistry` has them: by row number. */
export type RowOrder = { readonly [Table in keyof RegistryTables]: readonly number[] }

/** The rows of each file; null for a file that could not be read, which then convicts no other. */
export type RegistryTables = {
  readonly clients: PackedTable<'client_id' | 'partner_id' | 'collective_invoice'> | null
  readonly partners: PackedTable<'partner_id'> | null
  readonly integrations: PackedTable<'integration_id'> | null
  readonly activations: PackedTable<'client_id' | 'integration_id' | 'active_from' | 'active_until'> | null
}

const NO_CODES = new Uint32Array()

export function orderRows(tables: RegistryTables, pool: TextPool): RowOrder {
  const clientIds = tables.clients?.columns.client_id ?? NO_CODES
  const integrationIds = tables.integrations?.columns.integration_id ?? NO_CODES
  const clients = orderByText(clientIds, pool)
  const integrations = orderByText(integrationIds, pool)
  return {
    clients,
    partners: orderByText(tables.partners?.columns.partner_id ?? NO_CODES, pool),
    integrations,
    activations: orderActivations(tables.activations, pool, {
      clients: rankCodes(clients, clientIds, pool),
      integrations: rankCodes(integrations, integrationIds, pool),
    }),
  }
}

function orderByText(codes: Uint32Array, pool: TextPool): number[] {
  return rowsOf(codes).sort((a, b) => compareText(pool.textOf(codes[a] ?? 0), pool.textOf(codes[b] ?? 0)))
}

/** By code: where its text stands among the ids of its file, from 1; 0 for what is none of them. */
function rankCodes(order: readonly number[], codes: Uint32Array, pool: TextPool) {
  const ranks = new Uint32Array(pool.size)
  for (const [index, row] of order.entries()) ranks[codes[row] ?? 0] = index + 1
  return ranks
}

type Ranks = { readonly clients: Uint32Array; readonly integrations: Uint32Array }

/** Ids that no file has stand before all others, those of one id beside each other. */
function orderActivations(
  activations: RegistryTables['activations'],
  pool: TextPool,
  { clients, integrations }: Ranks,
): number[] {
  if (activations === null) return []
  const { client_id: clientIds, integration_id: integrationIds, active_from: days } = activations.columns
  const compareIds = (ranks: Uint32Array, a = 0, b = 0) =>
    a === b ? 0 : (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b
  return rowsOf(clientIds).sort(
    (a, b) =>
      compareIds(clients, clientIds[a], clientIds[b]) ||
      compareIds(integrations, integrationIds[a], integrationIds[b]) ||
      compareText(pool.textOf(days[a] ?? 0), pool.textOf(days[b] ?? 0)),
  )
}

function rowsOf({ length }: Uint32Array): number[] {
  return Array.from({ length }, (_, row) => row)
}
