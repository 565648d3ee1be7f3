import { z } from 'zod'
import { locateRecords, placeRecords } from '../place-records.ts'
import { type SoleWriter, supersededError } from '../sole-writer.ts'
import { explainSqliteError } from './explain-error.ts'
import type { EmbeddedLogSettings } from './sqlite-log.ts'
import { createStatements, openTopic } from './tables.ts'
import { inTransaction, openDatabase } from './transaction.ts'

const TABLE = `
  CREATE TABLE IF NOT EXISTS claims (
    topic_id INTEGER PRIMARY KEY,
    number   INTEGER NOT NULL
  ) STRICT;
`
const claimShape = z.object({ number: z.int() })

/** Claims are counted in the log's own file: an append and the look at whether the claim holds are one transaction. */
export function openEmbeddedSoleWriter(settings: EmbeddedLogSettings): SoleWriter {
  const { path, topic, clock } = settings
  const orExplain = <Value>(step: () => Value): Value => {
    try {
      return step()
    } catch (error) {
      throw explainSqliteError(path, error)
    }
  }
  const database = orExplain(() => openDatabase(path))
  const { topicId, partitionCount } = orExplain(() => openTopic(database, topic, settings.partitionCount))
  orExplain(() => database.exec(TABLE))
  const statements = createStatements(database, topicId)
  const newest = database.prepare('SELECT number FROM claims WHERE topic_id = ?')
  const next = database.prepare(
    `INSERT INTO claims (topic_id, number) VALUES (?, 1)
     ON CONFLICT (topic_id) DO UPDATE SET number = number + 1 RETURNING number`,
  )

  return {
    async claim() {
      const { number } = orExplain(() => claimShape.parse(next.get(topicId)))
      return {
        async append(records) {
          const placed = placeRecords(records, topic, partitionCount)
          return orExplain(() =>
            inTransaction(database, () => {
              if (claimShape.parse(newest.get(topicId)).number !== number) throw supersededError(topic)
              const places = locateRecords(records, partitionCount, of => statements.bounds(of).endOffset)
              const nowMs = clock()
              for (const [partition, ofPartition] of placed) statements.append(partition, ofPartition, nowMs)
              return places
            }),
          )
        },
      }
    },

    async close() {
      if (database.isOpen) database.close()
    },
  }
}
