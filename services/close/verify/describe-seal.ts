import type { SealFinding } from '@forbruk/infra/store/seal/verify-seals.ts'
import type { MoneyFinding } from './money-finding.ts'

/** Pure: what to do about a row that is not as it was written. */
export function describeSeal({ table, key, fault }: SealFinding): MoneyFinding {
  return { check: 'rows_equal_seals', place: `table ${table}, ${key}`, message: MESSAGES[fault] }
}

const RESTORE =
  "restore it from a back-up that is younger than it (docs/operating.md, 'What was lost or changed')"

const MESSAGES: Readonly<Record<SealFinding['fault'], string>> = {
  lost: `it was written and is gone; ${RESTORE}`,
  changed: `it is not as it was written; ${RESTORE}`,
  twice: `it stands there more than once; take the copy away, or ${RESTORE}`,
  unsealed:
    `it stands there without a seal: either the seal was lost, or other hands wrote it; ${RESTORE}, ` +
    'with the table seal, or take it away',
}
