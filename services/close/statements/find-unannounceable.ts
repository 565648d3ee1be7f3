import type { Statement, StatementAdjustment } from '@forbruk/schemas/statement/statement.ts'

/** What Kafka takes in a record unless told otherwise is 1 048 588, with its own part. */
export const EVENT_BYTES_MAX = 900_000
/** So many lines and adjustments, with names of the length that a registry may have, are far below it. */
const ENTRIES_SMALL = 100
const NAME_CHARACTERS_SMALL = 1_000

/** A statement that no record of the log could hold: once recorded, its month could never be announced. */
export type Unannounceable = {
  readonly kind: 'statement_too_large'
  readonly clientId: string
  readonly payerId: string
  readonly lines: number
  readonly adjustments: number
  readonly bytes: number
}

/** Pure: of the statements and adjustments that a close would record, those too large to be announced. */
export function findUnannounceable(
  statements: readonly Statement[],
  adjustments: readonly StatementAdjustment[],
): Unannounceable[] {
  const keyOf = ({ clientId, payerId }: Owner) => JSON.stringify([clientId, payerId])
  const adjusted = Map.groupBy(adjustments, keyOf)
  const stated = new Set(statements.map(keyOf))
  const withdrawn = [...adjusted].flatMap(([key, [first]]) =>
    first === undefined || stated.has(key) ? [] : [{ ...first, lines: [] }],
  )
  return [...statements, ...withdrawn].flatMap(owner => measure(owner, adjusted.get(keyOf(owner)) ?? []))
}

type Owner = Pick<Statement, 'clientId' | 'clientName' | 'payerId' | 'payerName'>

function measure(
  { clientId, clientName, payerId, payerName, lines }: Owner & Pick<Statement, 'lines'>,
  adjustments: readonly StatementAdjustment[],
): Unannounceable[] {
  const names = [clientName, payerName]
  const areNamesSmall = names.every(each => each.length <= NAME_CHARACTERS_SMALL)
  if (areNamesSmall && lines.length + adjustments.length <= ENTRIES_SMALL) return []
  // In Avro it is less: that has no names of fields.
  const bytes = Buffer.byteLength(JSON.stringify([clientId, payerId, names, lines, adjustments]))
  if (bytes <= EVENT_BYTES_MAX) return []
  const counts = { lines: lines.length, adjustments: adjustments.length }
  return [{ kind: 'statement_too_large', clientId, payerId, ...counts, bytes }]
}
