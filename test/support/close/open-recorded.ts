import { parseBillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import { type CaseOpening, type OpenedCases, openCases } from '../../../services/close/dialogue/open-cases.ts'
import { requireTariffVersion } from '../../../services/close/gate/require-tariff-version.ts'
import { readStoredRegistry } from '../../../services/close/registry/read-stored-registry.ts'
import { TARIFF } from './close-october.ts'
import type { Installation } from './counted-month.ts'

/** Opens cases for statements as if they had been recorded: as October's first revision, unless told otherwise. */
export async function openRecorded(
  { store, log, clock }: Installation,
  statements: readonly Statement[],
  { month = '2026-10', ...changes }: Partial<CaseOpening> & { readonly month?: string },
): Promise<OpenedCases> {
  const stored = await readStoredRegistry(store, month)
  if (stored === null) throw new Error('no registry')
  const period = parseBillingPeriod(month)
  return openCases({
    store,
    stream: log.topic,
    timeZone: TARIFF.timeZone,
    period,
    version: requireTariffVersion(TARIFF, period),
    registry: stored.registry,
    revision: 1,
    statements,
    clock: () => clock.nowMs,
    ...changes,
  })
}
