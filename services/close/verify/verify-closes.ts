import { readUsageAtCut, type UseAtCut } from '@forbruk/infra/ledger/usage/usage-at-cut.ts'
import { type Store, StoreError } from '@forbruk/infra/store/store.ts'
import { type MonthCloseRow, monthClose } from '@forbruk/infra/store/tables/month-close.ts'
import { select } from '@forbruk/infra/store/tables/table.ts'
import { parseBillingPeriod, periodRange } from '@forbruk/schemas/period/billing-period.ts'
import { hashContent } from '@forbruk/schemas/statement/hash-content.ts'
import type { Statement } from '@forbruk/schemas/statement/statement.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import { ratingTerms } from '../rating/rating-terms.ts'
import { readRegistryImport } from '../registry/read-stored-registry.ts'
import { hashMonth } from '../revision/hash-month.ts'
import { readStatements } from '../revision/read-statements.ts'
import type { MoneyFinding } from './money-finding.ts'

type Close = Pick<
  MonthCloseRow,
  | 'month'
  | 'revision'
  | 'closeId'
  | 'contentHash'
  | 'stream'
  | 'cut'
  | 'registryImportId'
  | 'tariffHash'
  | 'tariff'
  | 'countedRequests'
  | 'countedBytes'
  | 'exceptions'
  | 'forcedReason'
>

export type VerifiedCloses = {
  readonly findings: readonly MoneyFinding[]
  readonly closes: number
  /** Revisions whose tariff had another currency or time zone: their content hash can't be worked out again. */
  readonly uncovered: readonly string[]
}

/**
 * Works out again what each revision says of itself: its content hash from the statements, the registry import from its
 * rows, and its usage at the cut from the rollup. Throws StoreError where a row of month_close can't be read, which
 * `verifySeals` names.
 */
export async function verifyCloses(store: Store, tariff: Tariff): Promise<VerifiedCloses> {
  const { list, shape } = select(
    monthClose,
    ...(['month', 'revision', 'closeId', 'contentHash', 'stream', 'cut', 'registryImportId'] as const),
    ...(['tariffHash', 'tariff', 'countedRequests', 'countedBytes', 'exceptions', 'forcedReason'] as const),
  )
  const closes = await store.query(`SELECT ${list} FROM month_close ORDER BY month, revision`, shape)
  const findings: MoneyFinding[] = []
  const uncovered: string[] = []
  for (const importId of new Set(closes.map(each => each.registryImportId))) {
    findings.push(...(await verifyImport(store, importId)))
  }
  for (const close of closes) {
    const statements = await readStatements(store, close)
    const terms = ratingTerms(tariff, close.tariff)
    if (hashContent(terms) !== close.tariffHash) uncovered.push(placeOf(close))
    else findings.push(...checkContent(close, statements, terms))
    const range = periodRange(parseBillingPeriod(close.month), tariff.timeZone)
    const uses = await readUsageAtCut(store, close.stream, range, close.cut)
    findings.push(...checkUsage(close, statements, uses))
  }
  return { findings, closes: closes.length, uncovered }
}

async function verifyImport(store: Store, importId: string): Promise<MoneyFinding[]> {
  try {
    await readRegistryImport(store, importId)
    return []
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const isNamed = error.code === 'REGISTRY_CHANGED'
    const message = isNamed ? error.message : `${error.message}: restore its rows from a backup`
    return [{ check: 'registry_equals_import', place: `registry import ${importId}`, message }]
  }
}

/** Pure. */
function checkContent(close: Close, statements: readonly Statement[], terms: unknown): MoneyFinding[] {
  const { month, exceptions, forcedReason, contentHash } = close
  const hash = hashMonth({ month, statements, exceptions }, terms, forcedReason)
  if (hash === contentHash) return []
  const message =
    `the content hash of its ${statements.length} statements is ${hash}, recorded is ${contentHash}: ` +
    'restore statement and statement_line from a back-up'
  return [{ check: 'statements_equal_hash', place: placeOf(close), message }]
}

/** Pure: what statements and exceptions say that clients used, against the rollup below the cut. */
function checkUsage(
  close: Close,
  statements: readonly Statement[],
  uses: readonly UseAtCut[],
): MoneyFinding[] {
  const stated = new Map<string, { requests: bigint; bytes: bigint }>()
  const add = (clientId: string, requests: bigint, bytes: bigint) => {
    const before = stated.get(clientId) ?? { requests: 0n, bytes: 0n }
    stated.set(clientId, { requests: before.requests + requests, bytes: before.bytes + bytes })
  }
  for (const { clientId, requests, requestBytes, responseBytes } of statements) {
    add(clientId, BigInt(requests), BigInt(requestBytes) + BigInt(responseBytes))
  }
  for (const { clientId, requests, bytes } of close.exceptions) add(clientId, BigInt(requests), BigInt(bytes))
  const useOf = new Map(uses.map(use => [use.clientId, use]))
  const total = [...stated.values()].reduce((sum, { requests }) => sum + requests, 0n)
  return [...new Set([...stated.keys(), ...useOf.keys()])].flatMap(clientId => {
    const said = stated.get(clientId) ?? { requests: 0n, bytes: 0n }
    const use = useOf.get(clientId) ?? NO_USE
    const isSame =
      isBetween(said.requests, use.requestsMin, use.requestsMax) &&
      isBetween(said.bytes, use.bytesMin, use.bytesMax)
    if (isSame) return []
    const message =
      `${said.requests} requests and ${said.bytes} bytes on the statement (${total} requests in the month), the ` +
      `usage below the cut has ${spell(use.requestsMin, use.requestsMax)} and ${spell(use.bytesMin, use.bytesMax)}: ` +
      'restore the store from a back-up, or count the log again into an empty one'
    return [{ check: 'statements_equal_usage', place: `${placeOf(close)}, client ${clientId}`, message }]
  })
}

const NO_USE = { requestsMin: 0n, requestsMax: 0n, bytesMin: 0n, bytesMax: 0n }

function isBetween(value: bigint, min: bigint, max: bigint): boolean {
  return value >= min && value <= max
}

function spell(min: bigint, max: bigint): string {
  return min === max ? String(min) : `${min} to ${max}`
}

function placeOf({ month, revision }: Pick<Close, 'month' | 'revision'>): string {
  return `${month} r${revision}`
}
