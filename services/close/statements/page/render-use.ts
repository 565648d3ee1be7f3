import type { Language } from '@forbruk/schemas/statement/language.ts'
import type {
  ClientStatement,
  ClientUsage,
  PayerStatement,
} from '@forbruk/schemas/statement/payer-statement.ts'
import type { DecimalText, NotCounted } from '@forbruk/schemas/statement/statement.ts'
import { allowanceBytes, type TariffVersion } from '@forbruk/schemas/tariff/read-tariff.ts'
import { Exact } from '../../rating/price-lines.ts'
import { formatDecimal } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** What each client used through each integration, and what of it counts: the overage can be worked out from it. */
export function renderUse({ clients, tariff }: PayerStatement, texts: Texts): Html | null {
  const used = clients.filter(({ usage }) => usage.length > 0)
  if (used.length === 0) return null
  const { use } = texts
  return html`<section><h2>${use.heading}</h2>
<table class="use">
<thead><tr><th scope="col">${use.integration}</th><th scope="col" class="n">${use.requests}</th>
<th scope="col" class="n">${use.transfer}</th><th scope="col" class="n">${use.countedRequests}</th>
<th scope="col" class="n">${use.countedTransfer}</th></tr></thead>
${used.map(client => renderClient(client, clients.length === 1, tariff, texts))}
</table>
<p class="soft">${use.explain}</p></section>`
}

function renderClient(client: ClientStatement, isAlone: boolean, tariff: TariffVersion, texts: Texts): Html {
  const { clientId, clientName, usage, meteredRequests, meteredBytes } = client
  const { use, language } = texts
  const name = html`<tr class="client"><th scope="rowgroup" colspan="5"><bdi>${clientName}</bdi>
<small><bdi>${clientId}</bdi></small></th></tr>`
  const included = {
    requests: String(tariff.consumption.allowance.requests),
    bytes: String(allowanceBytes(tariff)),
  }
  const row = (kind: string, said: string, requests: DecimalText, bytes: DecimalText) =>
    html`<tr class="${kind}"><td>${said}</td><td></td><td></td><td class="n">${formatDecimal(requests, language)}</td>
<td class="n">${formatMegabytes(bytes, tariff, language)}</td></tr>
`
  const above = (used: DecimalText, of: DecimalText) => Exact.max(0, new Exact(used).minus(of)).toFixed()
  return html`<tbody>
${isAlone ? null : name}
${usage.map(each => renderIntegration(each, tariff, texts))}
${row('sum', use.counted, meteredRequests, meteredBytes)}
${row('part', use.included, included.requests, included.bytes)}
${row('part', use.above, above(meteredRequests, included.requests), above(meteredBytes, included.bytes))}</tbody>`
}

function renderIntegration(usage: ClientUsage, tariff: TariffVersion, { use, language }: Texts): Html {
  const { integrationId, integrationName, kind, requests, requestBytes, responseBytes } = usage
  const bytes = String(BigInt(requestBytes) + BigInt(responseBytes))
  const name = integrationName ?? (integrationId === '' ? use.unnamed : integrationId)
  return html`<tr><td><bdi>${name}</bdi> <small>${use.kind[kind]}</small></td>
<td class="n">${formatDecimal(requests, language)}</td><td class="n">${formatMegabytes(bytes, tariff, language)}</td>
<td class="n">${formatDecimal(usage.meteredRequests, language)}</td>
<td class="n">${formatMegabytes(usage.meteredBytes, tariff, language)}</td></tr>
${usage.notCounted.map(each => renderNotCounted(each, tariff, use, language))}`
}

function renderNotCounted(
  { statusClass, requests, bytes }: NotCounted,
  tariff: TariffVersion,
  use: Texts['use'],
  language: Language,
): Html {
  return html`<tr class="part"><td>${use.notCounted(statusClass)}</td>
<td class="n">${formatDecimal(requests, language)}</td>
<td class="n">${formatMegabytes(bytes, tariff, language)}</td><td></td><td></td></tr>
`
}

/** Exact, in the tariff's megabytes, as overage is. */
function formatMegabytes(bytes: DecimalText, { definitions }: TariffVersion, language: Language): string {
  return formatDecimal(new Exact(bytes).div(definitions.megabyteBytes).toFixed(), language)
}
