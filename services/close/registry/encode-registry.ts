import { type Column, NumberColumn, TextColumn } from '@forbruk/infra/store/column-block.ts'
import { registryActivation } from '@forbruk/infra/store/tables/registry-activation.ts'
import { registryClient } from '@forbruk/infra/store/tables/registry-client.ts'
import { registryIntegration } from '@forbruk/infra/store/tables/registry-integration.ts'
import { registryPartner } from '@forbruk/infra/store/tables/registry-partner.ts'
import { type ColumnSet, omit, type Table, type Values } from '@forbruk/infra/store/tables/table.ts'
import { valuesOfBuyer } from '@forbruk/schemas/registry/buyer.ts'
import type { Client, RegistryRows, Rows } from '@forbruk/schemas/registry/registry.ts'
import type { Block } from './reading-messages.ts'

/** An insert of so many is a part of the store of its own, and a few megabytes. */
const ROWS_MAX = 40_000
const TEXT_BYTES_EXPECTED = 16

/** A registry's rows, column by column, without the import that they are of. */
export function* encodeRegistry(registry: RegistryRows): Generator<Block> {
  yield* encode(omit(registryClient, 'importId'), registry.clients, toValues)
  yield* encode(omit(registryPartner, 'importId'), registry.partners, partner => partner)
  yield* encode(omit(registryIntegration, 'importId'), registry.integrations, integration => integration)
  yield* encode(omit(registryActivation, 'importId'), registry.activations, activation => activation)
}

function toValues({ buyer, ...client }: Client) {
  return { ...client, ...valuesOfBuyer(buyer) }
}

function* encode<Columns extends ColumnSet, Entry>(
  table: Table<Columns>,
  entries: Rows<Entry>,
  valuesOf: (entry: Entry) => Values<Columns>,
): Generator<Block> {
  let rows: Values<Columns>[] = []
  for (const entry of entries) {
    rows.push(valuesOf(entry))
    if (rows.length < ROWS_MAX) continue
    yield encodeRows(table, rows)
    rows = []
  }
  if (rows.length > 0) yield encodeRows(table, rows)
}

function encodeRows<Columns extends ColumnSet>(
  { name: table, spelled }: Table<Columns>,
  rows: readonly Values<Columns>[],
): Block {
  const columns = spelled.map(({ key, name, codec }) => {
    const cells = rows.map(row => codec.write(row[key]))
    return toPlain(typeof cells[0] === 'boolean' ? encodeFlags(name, cells) : encodeTexts(name, cells))
  })
  return { kind: 'block', table, rows: rows.length, columns }
}

function encodeFlags(name: string, cells: readonly unknown[]): Column {
  const column = new NumberColumn(name, 'UInt8', cells.length)
  for (const cell of cells) column.add(cell === true ? 1 : 0)
  return column
}

function encodeTexts(name: string, cells: readonly unknown[]): Column {
  const column = new TextColumn(name, cells.length * TEXT_BYTES_EXPECTED)
  for (const cell of cells) column.addText(String(cell))
  return column
}

/** What another process can be sent. */
function toPlain({ name, type, bytes }: Column): Block['columns'][number] {
  return { name, type, bytes }
}
