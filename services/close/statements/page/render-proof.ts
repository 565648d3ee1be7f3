import type { PayerStatement, StatementProof } from '@forbruk/schemas/statement/payer-statement.ts'
import { formatDecimal, formatTime } from './format-figures.ts'
import { type Html, html } from './html.ts'

export function renderDefinitions({ definitions }: StatementProof): Html {
  const sentences = definitions.map(each => html`<li>${each.replaceAll(/\d{5,}/g, formatDecimal)}</li>`)
  return html`<section><h2>How the figures come about</h2>
<ul class="definitions">${sentences}</ul></section>`
}

/** What the figures rest on, for whoever works them out again. */
export function renderProof({ month, revision, proof }: PayerStatement): Html {
  const { closedAt, contentHash, stream, ranges, registryImportId, tariffHash, tariffValidFrom } = proof
  return html`<section class="together"><h2>Proof</h2>
<dl>
<dt>Made</dt><dd>${formatTime(closedAt)}, as revision ${revision} of ${month}</dd>
<dt>Content hash</dt><dd><code>${contentHash}</code></dd>
<dt>Log covered</dt><dd><code>${stream}</code>, every event of ${describeRanges(ranges)}</dd>
<dt>Tariff</dt><dd>from ${tariffValidFrom}, <code>${tariffHash}</code></dd>
<dt>Registry</dt><dd><code>${registryImportId}</code></dd>
</dl></section>`
}

function describeRanges(ranges: StatementProof['ranges']): Html {
  const counted = ranges.filter(({ firstOffset, nextOffset }) => firstOffset !== nextOffset)
  if (counted.length === 0) return html`an empty log`
  const described = counted.map(({ partition, firstOffset, nextOffset }) => {
    const last = String(BigInt(nextOffset) - 1n)
    return `partition ${partition}, offsets ${formatDecimal(firstOffset)} to ${formatDecimal(last)}`
  })
  return html`${described.join('; ')}`
}
