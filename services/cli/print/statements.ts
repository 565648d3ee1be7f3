import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { groupDigits, printTable } from './table.ts'

export function printPayers(payers: readonly PayerSummary[]): void {
  printTable(
    [
      { title: 'payer' },
      { title: 'name' },
      { title: 'clients', align: 'right' },
      { title: 'NOK payable', align: 'right' },
      { title: 'proposed', align: 'right' },
      { title: 'adjustment', align: 'right' },
    ],
    payers.map(each => [
      each.payerId,
      each.payerName,
      groupDigits(each.clients),
      groupDigits(each.payableNok),
      groupDigits(each.proposedNok),
      groupDigits(each.adjustmentsPayableNok),
    ]),
  )
}
