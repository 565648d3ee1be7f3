/** The text is no case id. */
export class CaseIdError extends Error {
  override name = 'CaseIdError'
}

const CASE_ID = /^(?<clientId>.+)\/(?<month>\d{4}-(0[1-9]|1[0-2]))$/s

export function formatCaseId(clientId: string, openedMonth: string): string {
  return `${clientId}/${openedMonth}`
}

/** The parts of `client-id/2026-10`; a client id may have slashes of its own. Throws CaseIdError. */
export function parseCaseId(text: string): { readonly clientId: string; readonly openedMonth: string } {
  const { clientId, month } = CASE_ID.exec(text)?.groups ?? {}
  if (clientId !== undefined && month !== undefined) return { clientId, openedMonth: month }
  const found = JSON.stringify(text.slice(0, 100))
  throw new CaseIdError(
    `${found} is no case id; expected a client's id and the month its case was opened for, ` +
      'such as acme/2026-10 (forbruk case list shows them)',
  )
}
