// Reads the demo registry: who exists, and which client uses which integration from when.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { osloMidnightMs } from './calendar.ts'

type IntegrationKind = 'internal' | 'year_end' | 'partner' | 'external'

interface Client {
  clientId: string
  partnerId: string
  collectiveInvoice: boolean
}

export interface Activation {
  clientId: string
  integrationId: string
  fromMs: number
  /** Infinity while still active. */
  untilMs: number
}

export interface Registry {
  clients: Client[]
  kindByIntegration: Map<string, IntegrationKind>
  activations: Activation[]
}

const kinds: readonly string[] = ['internal', 'year_end', 'partner', 'external']

function isKind(text: string): text is IntegrationKind {
  return kinds.includes(text)
}

/** The registry's own files hold no quotes, so a comma always separates. */
function readRows(path: string, header: string): string[][] {
  const [first, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  if (first !== header) throw new Error(`${path}: the header must be ${header}`)
  const columns = header.split(',').length
  return lines.map((line, index) => {
    const cells = line.split(',')
    if (cells.length !== columns || line.includes('"')) {
      throw new Error(`${path}:${index + 2}: expected ${columns} plain cells`)
    }
    return cells
  })
}

export function readRegistry(folder: string): Registry {
  const clientRows = readRows(join(folder, 'clients.csv'), 'client_id,name,partner_id,collective_invoice')
  const clients = clientRows.map(([clientId = '', , partnerId = '', collective = '']) => ({
    clientId,
    partnerId,
    collectiveInvoice: collective === 'yes',
  }))
  const clientIds = new Set(clients.map(client => client.clientId))
  for (const [partnerId = ''] of readRows(join(folder, 'partners.csv'), 'partner_id,name')) {
    if (!clientIds.has(partnerId)) throw new Error(`partner ${partnerId} is not a client`)
  }
  const kindByIntegration = new Map<string, IntegrationKind>()
  const integrationsPath = join(folder, 'integrations.csv')
  for (const [id = '', , kind = ''] of readRows(integrationsPath, 'integration_id,name,kind')) {
    if (!isKind(kind)) throw new Error(`integration ${id}: unknown kind ${kind}`)
    kindByIntegration.set(id, kind)
  }
  const activations = readRows(
    join(folder, 'activations.csv'),
    'client_id,integration_id,active_from,active_until',
  ).map(([clientId = '', integrationId = '', from = '', until = '']) => {
    if (!clientIds.has(clientId)) throw new Error(`activation of unknown client ${clientId}`)
    if (!kindByIntegration.has(integrationId)) throw new Error(`unknown ${integrationId}`)
    return {
      clientId,
      integrationId,
      fromMs: osloMidnightMs(from),
      untilMs: until === '' ? Infinity : osloMidnightMs(until),
    }
  })
  return { clients, kindByIntegration, activations }
}

/** Only use through a partner's or an outsider's integration counts against the allowances. */
export function isCounted(kind: IntegrationKind | undefined): boolean {
  return kind === 'partner' || kind === 'external'
}
