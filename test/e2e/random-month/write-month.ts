import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TIERS } from './expect-statements.ts'
import { KIND_BY_INTEGRATION, OCTOBER, type RandomMonth, type RandomRequest } from './random-month.ts'

const PUBLISHED = fileURLToPath(new URL('../../../schemas/tariff/default-tariff.json', import.meta.url))

export function writeRegistry(folder: string, { clients }: RandomMonth): void {
  mkdirSync(folder)
  const write = (name: string, rows: readonly string[]) =>
    writeFileSync(join(folder, `${name}.csv`), rows.map(row => `${row}\n`).join(''))
  const bureaus = new Set(clients.flatMap(({ bureau }) => (bureau === null ? [] : [bureau])))
  write('clients', [
    'client_id,name,partner_id,collective_invoice',
    ...clients.map(({ id, bureau, collectiveInvoice }) => {
      const partner = bureau === null ? '' : `client-${bureau}`
      return `${id},${id} AS,${partner},${collectiveInvoice ? 'yes' : 'no'}`
    }),
  ])
  write('partners', ['partner_id,name', ...[...bureaus].map(index => `client-${index},client-${index} AS`)])
  write('integrations', [
    'integration_id,name,kind',
    ...Object.entries(KIND_BY_INTEGRATION).map(([id, kind]) => `${id},${id},${kind}`),
  ])
  write('activations', [
    'client_id,integration_id,active_from,active_until',
    ...clients.flatMap(({ id, activations }) =>
      activations.map(({ integration, from, until }) => `${id},${integration},${from},${until}`),
    ),
  ])
}

export function writeTariff(file: string, { tariff }: RandomMonth): void {
  const { $schema, ...published } = JSON.parse(readFileSync(PUBLISHED, 'utf8'))
  const version = published.versions.at(-1)
  version.partnerTiers = TIERS
  version.externalAccess.pricePerMonth = tariff.pricePerMonth
  version.definitions.bytesCounted = tariff.bytesCounted
  version.definitions.unnamedIntegration = 'external'
  version.consumption.pricePerRequest = tariff.pricePerRequest
  version.consumption.pricePerMegabyte = tariff.pricePerMegabyte
  version.consumption.allowance = {
    requests: tariff.allowanceRequests,
    gigabytes: String(tariff.allowanceMegabytes / 1000),
  }
  writeFileSync(file, JSON.stringify({ ...published, versions: [{ ...version, validFrom: '2020-01' }] }))
}

/** A gateway's log: in the order of time, and one line behind the month, so that the month is complete. */
export function writeLog(file: string, requests: readonly RandomRequest[]): void {
  const behind: RandomRequest = {
    ...{ client: 0, integration: 'erp', timeMs: OCTOBER.toMs + 7_200_000 },
    ...{ status: 200, requestBytes: 1, responseBytes: 1 },
  }
  const lines = [...requests, behind].toSorted((a, b) => a.timeMs - b.timeMs)
  writeFileSync(file, lines.map(request => `${toLine(request, file)}\n`).join(''))
}

function toLine(request: RandomRequest, file: string): string {
  return JSON.stringify({
    msec: (request.timeMs / 1000).toFixed(3),
    // Two files of a source differ from their first line on.
    path: file,
    client_id: `client-${request.client}`,
    integration_id: request.integration,
    status: String(request.status).padStart(3, '0'),
    request_length: request.requestBytes,
    bytes_sent: request.responseBytes,
  })
}
