import type { Statement, StatementAdjustment, StatementLine } from '@forbruk/schemas/statement/statement.ts'
import { encodeStatementIssued } from '@forbruk/schemas/wire/statement-issued-codec.ts'
import { expect, test } from 'vitest'
import { activation, client, rate, registry } from '../../../test/support/close/registry-values.ts'
import { EVENT_BYTES_MAX, findUnannounceable } from './find-unannounceable.ts'

const NAMES = { clientId: 'firma', clientName: 'Firma AS', payerId: 'firma', payerName: 'Firma AS' }

const [RATED] = rate([], registry([client('firma')], [activation('firma', 'web')])).statements

function statementOf(lines: readonly StatementLine[], names = NAMES): Statement {
  if (RATED === undefined) throw new Error('a client with an integration has a statement')
  return { ...RATED, ...names, lines }
}

function linesOf(count: number): StatementLine[] {
  const [line] = RATED?.lines ?? []
  if (line === undefined) throw new Error('an active integration has a line')
  return Array.from({ length: count }, (_, index) => ({ ...line, integrationId: `integrasjon-${index}` }))
}

function encode({ lines, ...statement }: Statement, adjustments: readonly StatementAdjustment[]): number {
  const { clientId, clientName, payerId, payerName, partnerId, status, requests } = statement
  const { amountNok, payableNok, proposedNok } = statement
  return encodeStatementIssued({
    ...{ clientId, clientName, payerId, payerName, partnerId, status, requests, amountNok, payableNok },
    ...{ proposedNok, lines, adjustments, eventId: '0'.repeat(64), month: '2026-10', revision: 2 },
    ...{ currency: 'NOK', adjustmentsPayableNok: '0.00', bytes: '0', contentHash: '0'.repeat(64) },
    ...{ closedAtMs: 0, forcedReason: 'x'.repeat(500), notCharged: null },
  }).length
}

test('a client with a hundred thousand lines is too large, a payer with very many clients is not', () => {
  expect(findUnannounceable([statementOf(linesOf(100_000))], [])).toEqual([
    {
      ...{ kind: 'statement_too_large', clientId: 'firma', payerId: 'firma', lines: 100_000, adjustments: 0 },
      bytes: expect.any(Number),
    },
  ])
  const clients = Array.from({ length: 10_000 }, (_, index) =>
    statementOf(linesOf(1), { ...NAMES, clientId: `kunde-${index}` }),
  )
  expect(findUnannounceable(clients, [])).toEqual([])
})

test('a name that was imported before names had a bound is seen, also of a client that has gone since', () => {
  const clientName = 'x'.repeat(2_000_000)
  expect(findUnannounceable([statementOf([], { ...NAMES, clientName })], [])).toHaveLength(1)
  expect(findUnannounceable([], [{ ...adjustmentOf(0), clientName }])).toHaveLength(1)
})

test('what is not too large fits into a record, whatever letters its names have', () => {
  for (const letter of ['x', 'å', '你', '🐟']) {
    const names = { ...NAMES, clientName: letter.repeat(100) }
    for (const count of [100, 2_000, 2_300, 3_000, 4_500]) {
      const adjustments = Array.from({ length: count / 4 }, (_, index) => adjustmentOf(index))
      const statement = statementOf(
        linesOf(count).map(line => ({ ...line, integrationId: letter.repeat(60) })),
        names,
      )
      if (findUnannounceable([statement], adjustments).length > 0) continue
      expect(encode(statement, adjustments)).toBeLessThan(EVENT_BYTES_MAX + 10_000)
    }
  }
})

function adjustmentOf(index: number): StatementAdjustment {
  return {
    ...NAMES,
    ...{ item: 'included', integrationId: `integrasjon-${index}`, occurrence: 1, unit: 'request' },
    ...{ quantityBefore: '0', quantityAfter: '1', statusBefore: null, statusAfter: 'payable' },
    ...{ amountBeforeNok: '0.00', amountAfterNok: '0.00', adjustmentNok: '0.00', payableNok: '0.00' },
    causes: [{ cause: 'usage', detail: '+1 requests, +1 bytes', amountNok: '0.00', payableNok: '0.00' }],
  }
}
