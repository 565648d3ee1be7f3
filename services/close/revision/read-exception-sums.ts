import type { Store } from '@forbruk/infra/store/store.ts'
import { countText, enumOf, safeCount, text } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { EXCEPTION_KINDS, type ExceptionKind } from '@forbruk/schemas/statement/month-close.ts'

/** The exceptions of one kind that a revision of a month has. */
export type ExceptionSums = {
  readonly month: string
  readonly exception: ExceptionKind
  readonly exceptions: number
  /** All use, of whatever status: charged to nobody. */
  readonly requests: string
  readonly bytes: string
  /** Whose use is the largest of them. */
  readonly clientId: string
}

const shape = shapeOf({
  month: text,
  exception: enumOf(EXCEPTION_KINDS),
  exceptions: safeCount,
  requests: countText,
  bytes: countText,
  clientId: text,
})

/** Added up there: a month may have as many as clients. */
const SQL = `
SELECT
    month,
    kind AS exception,
    count() AS exceptions,
    toString(sum(requests_of)) AS requests,
    toString(sum(bytes_of)) AS bytes,
    argMax(client_of, (bytes_of, requests_of)) AS client_id
FROM
(
    SELECT
        month,
        JSONExtractString(each, 'kind') AS kind,
        JSONExtractString(each, 'clientId') AS client_of,
        toUInt128(JSONExtractString(each, 'requests')) AS requests_of,
        toUInt128(JSONExtractString(each, 'bytes')) AS bytes_of
    FROM month_closes
    ARRAY JOIN JSONExtractArrayRaw(exceptions) AS each
    WHERE has(arrayZip({months:Array(String)}, {revisions:Array(UInt32)}), (month, revision))
)
GROUP BY month, kind
ORDER BY month, kind`

/** By month and kind, of one revision of each month. */
export function readExceptionSums(
  store: Store,
  revisions: readonly { readonly month: string; readonly revision: number }[],
): Promise<ExceptionSums[]> {
  return store.query(SQL, shape, {
    months: revisions.map(({ month }) => month),
    revisions: revisions.map(({ revision }) => revision),
  })
}

type Held = { readonly month: string; readonly revision: number; readonly closeId: string }
export type ExceptionSumsReader = (revisions: readonly Held[]) => Promise<readonly ExceptionSums[]>

/**
 * The same for whoever asks again and again. What a close has recorded never changes, so that each is read once, and
 * known for as long as it is asked for.
 */
export function exceptionSumsReader(store: Store): ExceptionSumsReader {
  let known: ReadonlyMap<string, readonly ExceptionSums[]> = new Map()
  return async revisions => {
    const before = known
    const unread = revisions.filter(({ closeId }) => !before.has(closeId))
    const read = unread.length === 0 ? [] : await readExceptionSums(store, unread)
    const byMonth = Map.groupBy(read, ({ month }) => month)
    known = new Map(
      revisions.map(({ month, closeId }) => [closeId, before.get(closeId) ?? byMonth.get(month) ?? []]),
    )
    return [...known.values()].flat()
  }
}
