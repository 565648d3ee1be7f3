import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOrganisationNumber } from '@forbruk/schemas/registry/organisation-number.ts'

const PARTNERS = 300
const INTEGRATIONS = 60
export const ACTIVATIONS_PER_CLIENT = 5
const KINDS = ['internal', 'year_end', 'partner', 'external'] as const

/**
 * A registry of so many clients, with what invoices need, and five activations of each: of 100 000 some 33 MB. Every
 * tenth name has quotes and a comma. In the order of its ids, as a database exports it.
 */
export function writeRegistry(folder: string, clients: number): void {
  mkdirSync(folder, { recursive: true })
  const ids = Array.from({ length: clients }, (_, index) => nameClient(index))
  const partners = ids.slice(0, PARTNERS)
  const numbers = organisationNumbers()
  const files = {
    'clients.csv': [
      'client_id,name,partner_id,collective_invoice,' +
        'organisation_number,electronic_address,street,postal_code,city,country',
      ...ids.map((id, index) => {
        const partner = index < PARTNERS || index % 4 === 0 ? '' : partners[index % PARTNERS]
        const name =
          index % 10 === 3 ? `"Firma ${index}, avd. ""Øst"" AS"` : `Firma nummer ${index} Østfold AS`
        const { value: number } = numbers.next()
        const collective = partner !== '' && index % 3 === 0 ? 'yes' : 'no'
        return `${id},${name},${partner},${collective},${number},0192:${number},Storgata ${index % 200},0155,Oslo,NO`
      }),
    ],
    'partners.csv': ['partner_id,name', ...partners.map((id, index) => `${id},Byrå ${index} AS`)],
    'integrations.csv': [
      'integration_id,name,kind',
      ...Array.from({ length: INTEGRATIONS }, (_, index) => {
        return `${nameIntegration(index)},App ${index},${KINDS[index % KINDS.length]}`
      }),
    ],
    'activations.csv': [
      'client_id,integration_id,active_from,active_until',
      ...ids.flatMap((id, index) =>
        Array.from({ length: ACTIVATIONS_PER_CLIENT }, (_, each) => {
          const until = each === ACTIVATIONS_PER_CLIENT - 1 ? '2026-12-31' : ''
          return `${id},${nameIntegration(index * 7 + each * 11)},2026-0${each + 1}-01,${until}`
        }),
      ),
    ],
  }
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(folder, name), lines.join('\n'))
}

function nameClient(index: number): string {
  return `${index < PARTNERS ? 'byraa' : 'kunde'}-${String(index).padStart(6, '0')}`
}

function nameIntegration(index: number): string {
  return `integrasjon-${String(index % INTEGRATIONS).padStart(3, '0')}`
}

function* organisationNumbers(): Generator<string, never> {
  for (let number = 810_000_000; ; number += 1) {
    if (isOrganisationNumber(String(number))) yield String(number)
  }
}
