import { activeOfKind, takeActiveRegistry } from '@forbruk/close/rating/active-registry.ts'
import type { RegistryImport } from '@forbruk/close/registry/import-registry.ts'
import type { StoredRegistry } from '@forbruk/close/registry/read-stored-registry.ts'
import type {
  HoldingMonths,
  PlacedVersion,
  RegistryCounts,
} from '@forbruk/close/registry/registry-versions.ts'
import type { BillingPeriod } from '@forbruk/schemas/period/billing-period.ts'
import { INTEGRATION_KINDS } from '@forbruk/schemas/registry/registry.ts'
import { groupDigits, printLine, printTable } from './table.ts'

export function printRegistryImport(imported: RegistryImport): void {
  const { outcome, sequence, holds, monthsBehind } = imported
  printLine(`${outcome}: ${describeCounts(imported)}`)
  printLine(`import ${sequence} holds ${describeMonths(holds)}`)
  const from = holds?.from ?? null
  if (outcome === 'imported' && from !== null)
    printLine(`months before ${from} are rated as before; --valid-from names an earlier one`)
  if (monthsBehind.length === 0) return
  printLine(`closed with another registry, and so until they are closed again: ${monthsBehind.join(', ')}`)
  printLine(`forbruk close ${monthsBehind[0]} --dry-run shows the difference`)
}

export function printVersions(versions: readonly PlacedVersion[]): void {
  if (versions.length === 0) {
    printLine('no registry is stored; run forbruk registry import')
    return
  }
  printTable(
    [
      { title: 'import', align: 'right' },
      { title: 'at (UTC)' },
      { title: 'holds' },
      { title: 'clients', align: 'right' },
      { title: 'partners', align: 'right' },
      { title: 'integrations', align: 'right' },
      { title: 'activations', align: 'right' },
    ],
    versions.map(version => [
      String(version.sequence),
      describeTime(version.importedAtMs),
      describeMonths(version.holds),
      groupDigits(version.clients),
      groupDigits(version.partners),
      groupDigits(version.integrations),
      groupDigits(version.activations),
    ]),
  )
}

/** Each client with the integrations that are active in the month. */
export function printRegistry(period: BillingPeriod, stored: StoredRegistry | null): void {
  if (stored === null) {
    printLine(`no registry holds in ${period.month}; run forbruk registry import`)
    return
  }
  const { registry, version } = stored
  const at = describeTime(version.importedAtMs)
  printLine(`${period.month} is rated with import ${version.sequence} of ${at}: ${describeCounts(version)}`)
  printLine()
  const active = takeActiveRegistry(registry, period)
  printTable(
    [
      { title: 'client' },
      { title: 'name' },
      { title: 'partner' },
      { title: 'invoice' },
      { title: 'active in the month' },
    ],
    registry.clients.map(client => [
      client.clientId,
      client.name,
      active.partnerIds.has(client.clientId) ? 'is one' : (client.partnerId ?? ''),
      client.collectiveInvoice ? "its partner's" : 'its own',
      activeOfKind(active, client.clientId, INTEGRATION_KINDS)
        .map(({ integrationId, kind }) => `${integrationId} (${kind})`)
        .join(', '),
    ]),
  )
}

function describeCounts({ clients, partners, integrations, activations }: RegistryCounts): string {
  return (
    `${groupDigits(clients)} clients, ${groupDigits(partners)} partners, ` +
    `${groupDigits(integrations)} integrations, ${groupDigits(activations)} activations`
  )
}

function describeMonths(holds: HoldingMonths | null): string {
  if (holds === null) return 'no longer: corrected'
  const { from, until } = holds
  if (from === null) return until === null ? 'for every month' : `until ${until}`
  return until === null ? `from ${from}` : `from ${from} until ${until}`
}

function describeTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')
}
