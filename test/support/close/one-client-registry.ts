import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The registry's files with one client, `firm`, and its integration `shop`, active since 2020. */
export function writeOneClientRegistry(folder: string): void {
  const tables = {
    'clients.csv': 'client_id,name,partner_id,collective_invoice\nfirm,Firm AS,,no\n',
    'partners.csv': 'partner_id,name\n',
    'integrations.csv': 'integration_id,name,kind\nshop,Shop,external\n',
    'activations.csv': 'client_id,integration_id,active_from,active_until\nfirm,shop,2020-01-01,\n',
  }
  for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, name), text)
}
