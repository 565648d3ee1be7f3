import type { MonthProof } from '@forbruk/schemas/statement/month-proof.ts'
import type { PayerSummary } from '@forbruk/schemas/statement/payer-statement.ts'
import { groupDigits, printLine, printTable } from './table.ts'

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

/** @param name of the revision, such as `2026-10 r1` */
export function printProof(name: string, proof: MonthProof): void {
  const counted = proof.ranges.filter(({ firstOffset, nextOffset }) => firstOffset !== nextOffset)
  const { forced } = proof
  const lines = [
    `${name}, made ${proof.closedAt}`,
    `content hash  ${proof.contentHash}`,
    `tariff        ${proof.tariffHash}, from ${proof.tariffValidFrom}`,
    `registry      ${proof.registryImportId}`,
    `log           ${proof.stream}, every event of ${counted.length === 0 ? 'an empty log' : 'these offsets:'}`,
    ...counted.map(({ partition, firstOffset, nextOffset }) => {
      const last = BigInt(nextOffset) - 1n
      return `  partition ${partition}: ${groupDigits(firstOffset)} to ${groupDigits(last)}`
    }),
    ...(forced === null ? [] : [`forced: ${forced.reason}`, ...forced.lacks.map(lack => `  ${lack}`)]),
    'definitions:',
    ...proof.definitions.map(each => `  ${each}`),
  ]
  for (const line of lines) printLine(line)
}
