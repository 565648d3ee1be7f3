/**
 * What a payer's statement is called, and the invoice or credit note of the same revision. Made of month, revision and
 * payer: the same revision has the same number, however often it is printed.
 */
export function statementNumber(of: {
  readonly month: string
  readonly revision: number
  readonly payerId: string
}): string {
  return `${of.month}-r${of.revision}-${of.payerId}`
}
