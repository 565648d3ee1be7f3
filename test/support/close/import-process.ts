/**
 * A process that imports a registry into a store of its own, and may die of it:
 * `node import-process.ts STORE REGISTRY [import | reading] [INSERT]`.
 * It kills itself, or the process that reads for it, once it has sent that insert of blocks (from 1; 0: the one of the
 * row that vouches for them) and not heard of it. What it came to, it prints as JSON.
 */
import { spawnSync } from 'node:child_process'
import { MIGRATIONS, migrate } from '@forbruk/infra/store/migrate.ts'
import { openStore } from '@forbruk/infra/store/open-store.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import { readStoredRegistry } from '../../../services/close/registry/read-stored-registry.ts'
import { importFolder } from './import-folder.ts'

const [path = '', directory = '', victim = '', insert = ''] = process.argv.slice(2)
const clock = () => Date.parse('2026-10-15T12:00:00Z')
const store = await openStore({ kind: 'embedded', path, database: 'forbruk' })
await migrate(store, MIGRATIONS, clock)
const importing = importFolder({
  store: disturbed(store),
  directory,
  timeZone: 'Europe/Oslo',
  clock,
})
const { outcome, sequence } = await importing.catch(error => ({ outcome: error.name, sequence: null }))
// Throws where what holds is not whole.
const holding = await readStoredRegistry(store, '2026-10')
const { importId = null, registry } = holding ?? {}
process.stdout.write(
  JSON.stringify({ outcome, sequence, importId, activations: registry?.activations.length }),
)
await store.close()

function disturbed(whole: Store): Store {
  let inserts = 0
  return {
    ...whole,
    insert(into, rows, options) {
      const answer = whole.insert(into, rows, options)
      if (into === 'registry_import' && insert === '0') setImmediate(kill)
      return answer
    },
    insertBlocks(into, blocks) {
      const answer = whole.insertBlocks(into, blocks)
      inserts += 1
      if (insert === String(inserts)) setImmediate(kill)
      return answer
    },
  }
}

function kill(): void {
  if (victim === 'import') process.kill(process.pid, 'SIGKILL')
  const found = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'reading-process.ts'], {
    encoding: 'utf8',
  })
  process.kill(Number(found.stdout), 'SIGKILL')
}
