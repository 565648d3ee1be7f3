import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { formatMoment, NO_BREAK_SPACE } from './format-figures.ts'
import { type Html, html } from './html.ts'
import type { Texts } from './texts.ts'

/** How the figures come about, and by what they can be found again. */
export function renderBasis(statement: PayerStatement, { basis, language }: Texts): Html {
  const { usage, tariff, contentHash, closedAt, reconciliation } = statement
  const { date, time } = formatMoment(closedAt, usage.timeZone, language)
  const bytes = usage.bytesBases.map(each => basis.bytes[each])
  const sentences = [
    ...basis.definitions(tariff, usage.timeZone),
    ...(usage.isStatusToldApart ? [] : [basis.countedInClass]),
    ...(bytes.length === 0 ? [] : [basis.bytesOf(bytes)]),
    ...(reconciliation === null ? [] : [basis.reconciled(reconciliation)]),
  ]
  return html`<section><h2>${basis.heading}</h2>
<ul class="definitions">${sentences.map(each => html`<li>${keepUnits(each)}</li>`)}</ul></section>
<section class="together"><h2>${basis.reference}</h2>
<dl class="reference">
<dt>${basis.contentHash}</dt><dd><code>${contentHash}</code></dd>
<dt>${basis.made}</dt><dd>${basis.madeAt(date, time, usage.timeZone)}</dd>
<dt>${basis.prices}</dt><dd>${basis.pricesFrom(tariff.validFrom)}</dd>
</dl>
<p class="soft">${basis.explain}</p></section>`
}

/** A figure and its unit stay on one line. */
function keepUnits(sentence: string): string {
  return sentence.replaceAll(/(?<=\d) (?=\p{L})/gu, NO_BREAK_SPACE)
}
