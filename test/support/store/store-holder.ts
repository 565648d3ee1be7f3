/**
 * A process of its own that holds an embedded store: `node store-holder.ts FOLDER [serve]`. Fills the sample table,
 * prints one line, the endpoint's URL or «held», and stops when its stdin ends.
 */

import { serveReadOnly } from '@forbruk/infra/store/endpoint/serve-read-only.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import { fillSample } from './sample-table.ts'

const [path = '', mode] = process.argv.slice(2)
const database = 'forbruk'
const store = await openStore({ kind: 'embedded', path, database })
await fillSample(store)
const logger = { warn: (message: string) => process.stderr.write(`${message}\n`) }
const endpoint =
  mode === 'serve' ? await serveReadOnly({ path, database, host: '127.0.0.1', port: 0, logger }) : null
process.stdout.write(`${endpoint?.url ?? 'held'}\n`)
process.stdin.resume()
process.stdin.on('end', async () => {
  await endpoint?.close()
  await store.close()
})
