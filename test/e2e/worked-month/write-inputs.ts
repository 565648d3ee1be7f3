import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageTable } from './read-tables.ts'

/** Adds to one access log per source, in the order of time; answers their paths by source. */
export function writeLogs(folder: string, uses: PageTable): Map<string, string> {
  const bySource = Map.groupBy(uses, use => use.source ?? '')
  return new Map(
    [...bySource].map(([source, ofSource]) => {
      const path = join(folder, `${source}.log`)
      const lines = ofSource.flatMap(toLines).toSorted((a, b) => a.timeMs - b.timeMs)
      appendFileSync(path, lines.map(line => line.text).join(''))
      return [source, path]
    }),
  )
}

/** As the log_format of the README writes it. */
function toLines(use: PageTable[number]): { timeMs: number; text: string }[] {
  const first = Date.parse(use['first at (UTC)'] ?? '')
  const everyMs = Number(use['every (s)']) * 1000
  const rest =
    `"client_id":"${use.client}","integration_id":"${use.integration}","method":"GET","path":"/v1/x",` +
    `"status":"${use.status}","request_length":${use['request bytes']},"bytes_sent":${use['response bytes']}}\n`
  return Array.from({ length: Number(use.lines) }, (_, index) => {
    const timeMs = first + index * everyMs
    return { timeMs, text: `{"msec":"${(timeMs / 1000).toFixed(3)}",${rest}` }
  })
}

const FILES = ['clients', 'partners', 'integrations', 'activations'] as const
type RegistryTexts = Readonly<Record<(typeof FILES)[number], string>>

/** The registry of March, as it was corrected later, and the one that holds before and after March: a folder each. */
type Registries = { readonly march: string; readonly corrected: string; readonly other: string }

export function writeRegistries(folder: string, partners: PageTable): Registries {
  const named = readNamed()
  const march = addClients(named, partners)
  const everything = csvIds(march.clients).flatMap(clientId =>
    csvIds(march.integrations).map(integrationId => `${clientId},${integrationId},2020-01-01,`),
  )
  const [header = ''] = march.activations.split('\n')
  const toBjork = (bjork: string) =>
    march.clients.replace('bjork,Bjørk Bygg AS,fjell-regnskap,yes', `bjork,Bjørk Bygg AS,${bjork}`)
  const other = {
    ...march,
    clients: toBjork(',no'),
    activations: [header, ...everything, ''].join('\n'),
  }
  const corrected = {
    ...march,
    clients: toBjork('fjell-regnskap,no'),
    activations: `${march.activations}lind,nettbutikk,2026-03-01,\n`,
  }
  return {
    march: write(join(folder, 'march'), march),
    corrected: write(join(folder, 'corrected'), corrected),
    other: write(join(folder, 'other'), other),
  }
}

function readNamed(): RegistryTexts {
  const read = (file: string) => readFileSync(new URL(`registry/${file}.csv`, import.meta.url), 'utf8')
  return {
    clients: read('clients'),
    partners: read('partners'),
    integrations: read('integrations'),
    activations: read('activations'),
  }
}

function addClients(named: RegistryTexts, partners: PageTable): RegistryTexts {
  const others = partners.flatMap(({ partner = '', 'other clients': count }) =>
    Array.from({ length: Number(count) }, (_, index) => ({ partner, id: `${partner}-${index + 1}` })),
  )
  return {
    ...named,
    clients: named.clients + others.map(({ partner, id }) => `${id},${id},${partner},no\n`).join(''),
    activations: named.activations + others.map(({ id }) => `${id},rapport,2025-06-01,\n`).join(''),
  }
}

/** The first column, without its title. */
function csvIds(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',')[0] ?? '')
}

function write(folder: string, texts: RegistryTexts): string {
  mkdirSync(folder, { recursive: true })
  for (const file of FILES) writeFileSync(join(folder, `${file}.csv`), texts[file])
  return folder
}
