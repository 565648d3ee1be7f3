import { quoteText } from '@forbruk/infra/store/quote-sql.ts'

export function clientStatementsSql(clientId: string): string {
  return `SELECT payable_nok, proposed_nok\nFROM statements\nWHERE client_id = ${quoteText(clientId)}\nORDER BY month DESC, revision DESC`
}

export function monthClosesSql(): string {
  return 'SELECT statements, payable_nok, proposed_nok\nFROM month_closes\nORDER BY month DESC, revision DESC'
}

export function payersSql(month: string, revision: number, limit: number): string {
  return `SELECT count(), sum(payable_nok), sum(proposed_nok)\nFROM statements\nWHERE month = '${month}' AND revision = ${revision}\nGROUP BY payer_id\nORDER BY payer_id\nLIMIT ${limit}`
}

export function casesSql(state: string | undefined): string {
  const where = state === undefined ? '' : `\nWHERE state = ${quoteText(state)}`
  return `SELECT proposed_nok, charged_nok\nFROM dialogue_cases${where}\nORDER BY opened_month DESC, proposed_nok DESC, client_id`
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
  return 'SELECT clients, partners, integrations, activations\nFROM registry_imports\nORDER BY sequence DESC'
}
