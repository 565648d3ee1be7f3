import { type Column, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import { registryActivation } from '@forbruk/infra/store/tables/registry-activation.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { registryIntegration } from '@forbruk/infra/store/tables/registry-integration.ts'
import { registryPartner } from '@forbruk/infra/store/tables/registry-partner.ts'
import { type ColumnSet, omit, type Table, toRow, type Values } from '@forbruk/infra/store/tables/table.ts'
import { valuesOfBuyer } from '@forbruk/schemas/registry/buyer.ts'
import type { Client, Registry } from '@forbruk/schemas/registry/registry.ts'
import type { Block } from './reading-messages.ts'

/** An insert of so many is a part of the store of its own, and a few megabytes. */
const ROWS_MAX = 50_000
const TEXT_BYTES_EXPECTED = 16

/** A registry's rows, column by column, without the import that they are of. */
export function* encodeRegistry(registry: Registry): Generator<Block> {
  yield* encode(omit(registryClient, 'importId'), registry.clients, toValues)
  yield* encode(omit(registryPartner, 'importId'), registry.partners, partner => partner)
  yield* encode(omit(registryIntegration, 'importId'), registry.integrations, integration => integration)
  yield* encode(omit(registryActivation, 'importId'), registry.activations, activation => activation)
}

function toValues({ buyer, ...client }: Client) {
  return { ...client, ...valuesOfBuyer(buyer) }
}

function* encode<Columns extends ColumnSet, Value>(
  table: Table<Columns>,
  values: readonly Value[],
  valuesOf: (value: Value) => Values<Columns>,
): Generator<Block> {
  for (let start = 0; start < values.length; start += ROWS_MAX) {
    const rows = values.slice(start, start + ROWS_MAX)
    const columns = new Map<string, Column>()
    for (const row of rows) {
      for (const [name, cell] of Object.entries(toRow(table, valuesOf(row)))) {
        addCell(columns, rows.length, name, cell)
      }
    }
    yield { kind: 'block', table: table.name, rows: rows.length, columns: [...columns.values()].map(toPlain) }
  }
}

function addCell(columns: Map<string, Column>, rows: number, name: string, cell: unknown): void {
  const column = columns.get(name) ?? columnFor(name, cell, rows)
  columns.set(name, column)
  if (column instanceof NumberColumn) column.add(cell === true ? 1 : 0)
  else column.addText(String(cell))
}

function columnFor(name: string, cell: unknown, rows: number): Column {
  if (typeof cell === 'boolean') return new NumberColumn(name, 'UInt8', rows)
  return new TextColumn(name, rows * TEXT_BYTES_EXPECTED)
}

/** What another process can be sent. */
function toPlain({ name, type, bytes }: Column): Block['columns'][number] {
  return { name, type, bytes }
}
