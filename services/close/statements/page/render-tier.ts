import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** The clients that a partner's tier counted, by name. */
export function renderTier({ clients }: PayerStatement, { tier: texts }: Texts): Html[] {
  const tiers = clients.flatMap(({ lines }) =>
    lines.flatMap(({ terms }) => (terms.kind === 'partner_tier' ? [terms] : [])),
  )
  return tiers.map(({ tier, clients: counted }) => {
    const names = counted.map(
      each => html`<li><bdi>${each.clientName}</bdi> <small><bdi>${each.clientId}</bdi></small></li>
`,
    )
    const list = counted.length === 0 ? html`<p>${texts.none}</p>` : html`<ul class="names">${names}</ul>`
    return html`<section><h2>${texts.heading(tier, counted.length)}</h2>${list}</section>`
  })
}
