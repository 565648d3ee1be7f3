import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * CSV files of a registry: a partner for every hundred clients, some of which are billed through it; half of all are on
 * its integration.
 */
export function writeRegistry(folder: string, clients: number): void {
  const ids = Array.from({ length: clients }, (_, index) => `client-${String(index).padStart(6, '0')}`)
  const partners = ids.filter((_, index) => index % 100 === 0)
  const partnerOf = (index: number) => (index % 100 === 0 ? '' : (partners[Math.floor(index / 100)] ?? ''))
  const tables = {
    'clients.csv': [
      'client_id,name,partner_id,collective_invoice',
      ...ids.map(
        (id, index) =>
          `${id},Client ${index},${partnerOf(index)},${index % 100 !== 0 && index % 4 === 0 ? 'yes' : 'no'}`,
      ),
    ],
    'partners.csv': ['partner_id,name', ...partners.map(id => `${id},Partner ${id}`)],
    'integrations.csv': [
      'integration_id,name,kind',
      'shop,Shop,external',
      'web,Web,internal',
      'pos,Till,external',
      'bi,BI,partner',
    ],
    'activations.csv': [
      'client_id,integration_id,active_from,active_until',
      ...ids.flatMap((id, index) => [
        ...['shop', 'web', 'pos'].map(integration => `${id},${integration},2026-01-01,`),
        ...(index % 100 !== 0 && index % 2 === 0 ? [`${id},bi,2026-01-01,`] : []),
      ]),
    ],
  }
  for (const [name, lines] of Object.entries(tables))
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
}
