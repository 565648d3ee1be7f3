import { inspectStore, type StoreFacts } from '@forbruk/infra/store/inspect-store.ts'
import type { StoreSettings } from '@forbruk/infra/store/store-settings.ts'
import { ok, type Verdict } from './finding.ts'

/** Throws StoreError or StoreUnavailableError when the store can't be used. */
export async function examineStore(settings: StoreSettings): Promise<Verdict> {
  return ok(describeStore(settings, await inspectStore(settings)))
}

/** Pure. */
function describeStore(settings: StoreSettings, { version, exists, servedAt }: StoreFacts): string {
  const toBeMade = exists ? '' : ', still to be made'
  if (settings.kind === 'server') {
    return `ClickHouse ${version} at ${settings.url}, database "${settings.database}"${toBeMade}`
  }
  const served = servedAt === null ? '' : `, open in another process that serves it at ${servedAt}`
  return `embedded ClickHouse ${version}, in ${settings.path}${toBeMade}${served}; for a server set CLICKHOUSE_URL`
}
