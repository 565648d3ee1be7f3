import type { Store } from '@forbruk/infra/store/store.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { importRegistry, type RegistryImport } from '../../../services/close/registry/import-registry.ts'
import { readApart } from '../../../services/close/registry/read-apart.ts'

type FolderImport = {
  readonly store: Store
  readonly directory: string
  readonly validFrom?: BillingPeriod | undefined
  readonly timeZone: string
  readonly clock: () => number
}

/** The registry of a folder, as `forbruk registry import` stores it. */
export async function importFolder({ directory, ...options }: FolderImport): Promise<RegistryImport> {
  await using reading = readApart({ kind: 'folder', directory })
  return await importRegistry(reading, options)
}
