/**
 * A process that settles usage of a store of its own, and may die of it: `node settle-process.ts FOLDER [STATEMENT]`.
 * It is killed once it has sent a statement that has the text in it, and not heard of it. First it counts some more.
 * Prints as JSON what came of it, and whether views say the same with what is settled and without.
 */
import { randomUUID } from 'node:crypto'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { settleUsage } from '../../../services/aggregator/settle/settle-usage.ts'
import { BlockWriter } from './block-writer.ts'

const STREAM = 'gateway.requests'
const [folder = '', deadly = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'embedded', path: folder, database: 'forbruk' })
await migrate(store, MIGRATIONS, () => 0)
const written = await store.queryText('SELECT max(next_offset) FROM block_ledger', 'TSV')
const writer = new BlockWriter(store, STREAM, Number(written))
for (const seed of [1, 2, 3]) await writer.count(0, Number(written) + seed)
await writer.complete(0)
const dying = deadly === '' ? store : dyingAt(store, deadly)
const outcome = await settleUsage({ store: dying, stream: STREAM, newId: randomUUID, clock: () => 0 })
const FIGURES = 'sum(requests), sum(request_bytes), sum(response_bytes)'
const settled = await store.queryText(`SELECT ${FIGURES} FROM usage_by_month`, 'TSV')
const days = await store.queryText(`SELECT ${FIGURES} FROM usage_by_day`, 'TSV')
const counted = await store.queryText(`SELECT ${FIGURES} FROM usage_counted`, 'TSV')
const orphans = await store.queryText(
  `SELECT uniqExact(settlement) FROM usage_settled
   WHERE settlement NOT IN (SELECT arrayJoin(months.settlement) FROM usage_settlement)`,
  'TSV',
)
const isSame = settled === counted && days === counted
process.stdout.write(JSON.stringify({ outcome, isSame, counted: counted.trim(), orphans: Number(orphans) }))
await store.close()

function dyingAt(whole: Store, text: string): Store {
  const die = (sent: string) => {
    if (sent.includes(text)) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
  }
  return {
    ...whole,
    kind: whole.kind,
    command(sql) {
      const answer = whole.command(sql)
      die(sql)
      return answer
    },
    insert(into, rows, options) {
      const answer = whole.insert(into, rows, options)
      die(into)
      return answer
    },
  }
}
