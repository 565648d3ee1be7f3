import type { Language } from '@forbruk/schemas/statement/language.ts'
import type { PayerStatement } from '@forbruk/schemas/statement/payer-statement.ts'
import { ENGLISH } from './english.ts'
import { formatMonth } from './format-figures.ts'
import { type Html, html } from './html.ts'
import { NORWEGIAN } from './norwegian.ts'
import { renderBasis } from './render-basis.ts'
import { renderDays } from './render-days.ts'
import { renderDifference } from './render-difference.ts'
import { renderFacts, renderParties } from './render-header.ts'
import { renderLines } from './render-lines.ts'
import { renderNext, renderNotices } from './render-notices.ts'
import { renderSums } from './render-sums.ts'
import { renderTier } from './render-tier.ts'
import { renderUse } from './render-use.ts'
import { STYLE } from './style.ts'
import type { Texts } from './texts.ts'

const TEXTS: Readonly<Record<Language, Texts>> = { nb: NORWEGIAN, en: ENGLISH }

/**
 * Pure: a payer's statement as one page of HTML that holds all it needs and prints on A4. It has what concerns this
 * payer alone: what the provider's log holds stands in the proof of the month.
 */
export function renderStatement(statement: PayerStatement, language: Language): string {
  const texts = TEXTS[language]
  const month = formatMonth(statement.month, language)
  const page: Html = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${texts.titleOf(statement)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<div><p class="kind">${texts.kind}</p><h1>${month.charAt(0).toUpperCase()}${month.slice(1)}</h1></div>
${renderParties(statement, texts)}
${renderFacts(statement, texts)}
</header>
${renderNotices(statement, texts)}
${renderSums(statement, texts)}
${renderNext(statement, texts)}
${renderLines(statement, texts)}
${renderTier(statement, texts)}
${renderDifference(statement, texts)}
${renderUse(statement, texts)}
${renderDays(statement, texts)}
${renderBasis(statement, texts)}
</main>
</body>
</html>
`
  return page.markup
}
