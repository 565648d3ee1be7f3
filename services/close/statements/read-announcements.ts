import type { Store } from '@forbruk/infra/store/store.ts'
import { bool, enumOf, safeCount, text, textOrNull } from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf } from '@forbruk/infra/store/tables/table.ts'
import { ANNOUNCE_POLICIES } from '@forbruk/schemas/statement/announcement.ts'
import { type PlacedAnnouncement, placeAnnouncements } from './place-announcements.ts'

const factsShape = shapeOf({
  month: text,
  revision: safeCount,
  contentHash: text,
  announce: enumOf(ANNOUNCE_POLICIES),
  approvedBy: textOrNull,
  isAnnounced: bool,
})

const FACTS_SQL = `
SELECT
    c.month AS month,
    c.revision AS revision,
    c.content_hash AS content_hash,
    c.announce AS announce,
    a.actor AS approved_by,
    (c.month, c.revision) IN (SELECT month, revision FROM statement_announcement WHERE topic = {topic:String})
        AS is_announced
FROM month_closes AS c
LEFT JOIN (SELECT month, revision, any(actor) AS actor FROM statement_approval GROUP BY month, revision) AS a
    ON a.month = c.month AND a.revision = c.revision
WHERE {month:String} = '' OR c.month = {month:String}
ORDER BY month, revision`

/** Every revision by month and number, or those of one month, and whether a topic has heard of it. */
export async function readAnnouncements(
  store: Store,
  topic: string,
  month: string | null = null,
): Promise<PlacedAnnouncement[]> {
  return placeAnnouncements(await store.query(FACTS_SQL, factsShape, { topic, month: month ?? '' }))
}
