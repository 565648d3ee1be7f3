import type {
  PayerStatement,
  StatedAddress,
  StatedSeller,
} from '@forbruk/schemas/statement/payer-statement.ts'
import { formatMoment, NO_BREAK_SPACE } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** Who sends it, and who receives it. */
export function renderParties(statement: PayerStatement, texts: Texts): Html {
  const { seller, payerName, payerOrganisationNumber, payerAddress } = statement
  const number = payerOrganisationNumber === null ? null : texts.organisationNumber(payerOrganisationNumber)
  const sender =
    seller === null
      ? null
      : renderParty(seller.name, describeSeller(seller, statement, texts), seller.address)
  return html`<div class="parties">${renderParty(payerName, number, payerAddress)}${sender}</div>`
}

/** With the words that law asks for in any language: bokføringsforskriften § 5-1-2, foretaksregisterloven § 10-2. */
function describeSeller(seller: StatedSeller, { vat }: PayerStatement, texts: Texts): string {
  const { organisationNumber, foretaksregisteret } = seller
  const mva = vat === null || vat.category === 'O' ? '' : `${NO_BREAK_SPACE}MVA`
  return `${texts.organisationNumber(organisationNumber)}${mva}${foretaksregisteret ? ', Foretaksregisteret' : ''}`
}

function renderParty(name: string, number: string | null, address: StatedAddress): Html {
  const { street, postalCode, city, country } = address
  const place = [postalCode, city].filter(part => part !== null).join(' ')
  const rows = [street, place, country === 'NO' ? null : country]
  return html`<address><strong><bdi>${name}</bdi></strong>
${rows.map(row => ((row ?? '') === '' ? null : html`<span>${row}</span>`))}
${number === null ? null : html`<span>${number}</span>`}</address>`
}

/** What it is called, and what it is about. */
export function renderFacts(statement: PayerStatement, texts: Texts): Html {
  const { number, revision, period, closedAt, payerId, usage } = statement
  const { date } = formatMoment(closedAt, usage.timeZone, texts.language)
  const { facts } = texts
  return html`<dl class="facts">
<div><dt>${facts.number}</dt><dd><bdi>${number}</bdi></dd></div>
<div><dt>${facts.made}</dt><dd>${date}</dd></div>
<div><dt>${facts.period}</dt><dd>${facts.periodOf(period.first, period.last)}</dd></div>
<div><dt>${facts.customer}</dt><dd><bdi>${payerId}</bdi></dd></div>
<div><dt>${facts.revision}</dt><dd>${revision}</dd></div>
</dl>`
}
