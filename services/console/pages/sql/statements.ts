import { quoteText } from '@forbruk/infra/store/quote-sql.ts'

export function clientStatementsSql(clientId: string): string {
  return `SELECT payable_nok, proposed_nok
FROM statements
WHERE client_id = ${quoteText(clientId)}
ORDER BY month DESC, revision DESC`
}

/** What is charged; a line for what is included comes to nothing. */
export function linesSql(month: string, revision: number, clientId: string): string {
  return `SELECT quantity, unit_price_nok, amount_nok
FROM statement_lines
WHERE month = '${month}' AND revision = ${revision}
  AND client_id = ${quoteText(clientId)}
  AND item != 'included'
ORDER BY line`
}

export function monthClosesSql(): string {
  return `SELECT statements, payable_nok, proposed_nok
FROM month_closes
ORDER BY month DESC, revision DESC`
}

export function payersSql(month: string, revision: number, limit: number): string {
  return `SELECT count(), sum(payable_nok), sum(proposed_nok)
FROM statements
WHERE month = '${month}' AND revision = ${revision}
GROUP BY payer_id
ORDER BY payer_id
LIMIT ${limit}`
}

export function casesSql(state: string | undefined): string {
  const where =
    state === undefined
      ? ''
      : `
WHERE state = ${quoteText(state)}`
  return `SELECT proposed_nok, charged_nok
FROM dialogue_cases${where}
ORDER BY opened_month DESC, proposed_nok DESC, client_id`
}

/** As the newest step that has evidence of the month says. */
export function evidenceSql(caseId: string, month: string, part: 'trend' | 'integrations' | 'hours'): string {
  return `SELECT JSONExtractString(each, 'requests'), JSONExtractString(each, 'bytes')
FROM
(
  SELECT evidence
  FROM dialogue_steps
  WHERE case_id = ${quoteText(caseId)} AND has(months, '${month}') AND evidence != ''
  ORDER BY sequence DESC
  LIMIT 1
)
ARRAY JOIN JSONExtractArrayRaw(evidence, '${part}') AS each`
}

export function importsSql(): string {
  return `SELECT clients, partners, integrations, activations
FROM registry_imports
ORDER BY sequence DESC`
}
