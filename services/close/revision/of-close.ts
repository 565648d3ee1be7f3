import type { QueryParams } from '@forbruk/infra/store/store.ts'
import type { closeKey } from '@forbruk/infra/store/tables/month-close.ts'
import type { Values } from '@forbruk/infra/store/tables/table.ts'

/** What a close is known by. Rows of others, which broke off or came second, are never seen. */
export type CloseKey = Values<typeof closeKey>

/** Payers by id, both ends included: however many they are, the question stays short. */
export type PayerRange = { readonly first: string; readonly last: string }

/** From the first text that there is to the last. */
export const EVERY_PAYER: PayerRange = { first: '', last: '\u{10ffff}' }

export const OF_CLOSE =
  'month = {month:String} AND revision = {revision:UInt32} AND close_id = {close_id:String}'
export const OF_PAYERS = `${OF_CLOSE} AND payer_id >= {first_payer:String} AND payer_id <= {last_payer:String}`

export function ofClose({ month, revision, closeId }: CloseKey): QueryParams {
  return { month, revision, close_id: closeId }
}

export function ofPayers(close: CloseKey, { first, last }: PayerRange): QueryParams {
  return { ...ofClose(close), first_payer: first, last_payer: last }
}
