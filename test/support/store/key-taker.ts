/**
 * A process that takes keys of an embedded store's table `taken`, one after the other, until it is killed:
 * `node key-taker.ts FOLDER`. Prints each key once it holds it.
 */
import { openStore } from '@forbruk/infra/store/open-store.ts'

const [path = ''] = process.argv.slice(2)
const store = await openStore({ kind: 'embedded', path, database: 'forbruk' })
for (let index = 0; ; index++) {
  const key = `key ${index}`
  await store.insert('taken', [{ key, holder: 'killed' }], { once: key })
  process.stdout.write(`${key}\n`)
}
