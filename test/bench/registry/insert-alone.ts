/**
 * What storing the rows costs at least: `node insert-alone.ts REGISTRY STORE` has an embedded ClickHouse read the files
 * itself, into plain tables: nothing is checked, nothing is hashed, and nobody waits for the disk.
 */
import { join } from 'node:path'
import { openStore } from '@forbruk/infra/store/open-store.ts'

const [folder = '', path = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'embedded', path, database: 'plain' })
for (const name of ['clients', 'partners', 'integrations', 'activations']) {
  const rows = `SELECT * FROM file('${join(folder, `${name}.csv`)}', CSVWithNames)`
  await store.command(`CREATE TABLE ${name} ENGINE = MergeTree ORDER BY tuple() AS ${rows}`)
}
await store.close()
