import { spellClientFigures, spellClientFiguresByDay } from '@forbruk/infra/ledger/usage/client-figures.ts'
import {
  bool,
  count64,
  enumOrNull,
  listOf,
  safeCount,
  text,
  textOrNull,
} from '@forbruk/infra/store/tables/codec.ts'
import { shapeOf, type Values } from '@forbruk/infra/store/tables/table.ts'
import {
  type ClientMonth,
  type ClientQuestion,
  type ClientTotals,
  STANDINGS,
} from '@forbruk/schemas/usage/client-question.ts'
import { forecastTerms } from '@forbruk/schemas/usage/forecast.ts'
import { findPossible } from './find-possible.ts'
import { type ClientDay, fillDays, readClientDays } from './read-client-days.ts'
import { clientsNamed } from './spell-metered.ts'
import { type AskedMonth, type FiguresAsked, meteredOf, spellPage } from './spell-page.ts'
import { tellCrossings } from './tell-crossings.ts'

type ClientPage = { readonly clients: readonly ClientMonth[]; readonly totals: ClientTotals }

/** What a client did in all of a month. */
type ClientSums = Omit<
  ClientMonth,
  'crossings' | 'requestsByDay' | 'bytesByDay' | 'meteredRequestsByDay' | 'meteredBytesByDay'
>

/** Of so many the days are read along with their sums, from the same rows; of more, once it is known who is shown. */
const FEW_MAX = 100

/**
 * The clients of a month's registry, and whoever else was counted in it, a page at a time, with what they did and how
 * that stands to what is included. All is added up, searched and ordered where it lies.
 */
export async function readClients(asked: AskedMonth, question: ClientQuestion): Promise<ClientPage> {
  const { terms, nowMs } = asked
  const possible = await findPossible(asked, question)
  const isFew = possible !== null && possible.length <= FEW_MAX
  const read = isFew ? readWithDays : readThenDays
  const rows = possible?.length === 0 ? [] : await read(asked, question, possible)
  const [first] = rows
  if (first === undefined && question.after !== null) {
    const { totals } = await readClients(asked, { ...question, after: null, rowsMax: 1 })
    return { clients: [], totals }
  }
  const clients = rows.map(({ row, days }) => ({
    ...toSums(asked, row),
    crossings: tellCrossings(terms, nowMs, row, days),
    requestsByDay: days.map(each => each.requests),
    bytesByDay: days.map(each => each.bytes),
    meteredRequestsByDay: days.map(each => each.meteredRequests),
    meteredBytesByDay: days.map(each => each.meteredBytes),
  }))
  return { clients, totals: toTotals(first?.row) }
}

/** The same without days, which are read by name: for files, that have everybody. */
export async function readClientSums(asked: AskedMonth, question: ClientQuestion): Promise<ClientSums[]> {
  const rows = await readRows(asked, question, await findPossible(asked, question))
  return rows.map(row => toSums(asked, row))
}

type Possible = readonly string[] | null
type RowWithDays = { readonly row: Row; readonly days: readonly ClientDay[] }

function readRows(asked: AskedMonth, question: ClientQuestion, possible: Possible): Promise<Row[]> {
  const query = spellPage(asked, question, possible, spellClientFigures)
  return asked.store.query(query.sql, rowShape, query.params)
}

async function readThenDays(
  asked: AskedMonth,
  question: ClientQuestion,
  possible: Possible,
): Promise<RowWithDays[]> {
  const rows = await readRows(asked, question, possible)
  const shown = rows.map(row => row.clientId)
  const days = await readClientDays(asked, meteredOf(asked.terms, clientsNamed(shown)), shown)
  return rows.map(row => ({ row, days: days.get(row.clientId) ?? [] }))
}

async function readWithDays(
  asked: AskedMonth,
  question: ClientQuestion,
  possible: Possible,
): Promise<RowWithDays[]> {
  const { timeZone } = asked.terms
  const spell = (figures: FiguresAsked) => spellClientFiguresByDay({ ...figures, timeZone })
  const query = spellPage(asked, question, possible, spell)
  const rows = await asked.store.query(query.sql, rowWithDaysShape, query.params)
  return rows.map(row => ({ row, days: fillDays(asked.terms, toDays(row)) }))
}

function toDays(row: Values<typeof BY_DAY>): ClientDay[] {
  return row.days.map((day, index) => ({
    day,
    requests: row.requestsByDay[index] ?? 0n,
    bytes: row.bytesByDay[index] ?? 0n,
    meteredRequests: row.meteredRequestsByDay[index] ?? 0n,
    meteredBytes: row.meteredBytesByDay[index] ?? 0n,
  }))
}

function toSums({ terms: { allowance, registry, range }, nowMs }: AskedMonth, row: Row): ClientSums {
  const isMetered = allowance !== null && registry !== null
  const isForecast = isMetered && forecastTerms(range.startMs, range.endMs, nowMs) !== null
  return {
    ...toNames(row),
    requests: row.requests,
    requestBytes: row.requestBytes,
    responseBytes: row.responseBytes,
    metered: isMetered ? { requests: row.meteredRequests, bytes: row.meteredBytes } : null,
    forecast: isForecast ? { requests: row.forecastRequests, bytes: row.forecastBytes } : null,
    standing: row.standing,
    place: { key: row.key, clientId: row.clientId },
  }
}

const COUNTS = {
  requests: count64,
  requestBytes: count64,
  responseBytes: count64,
  meteredRequests: count64,
  meteredBytes: count64,
  recentRequests: count64,
  recentBytes: count64,
}
const ROW = {
  ...COUNTS,
  clientId: text,
  isKnown: bool,
  name: text,
  partnerId: textOrNull,
  payerId: text,
  payerName: text,
  forecastRequests: count64,
  forecastBytes: count64,
  standing: enumOrNull(STANDINGS),
  key: text,
  clientsTotal: safeCount,
  overTotal: safeCount,
  headingTotal: safeCount,
  nearTotal: safeCount,
  withinTotal: safeCount,
}
const rowShape = shapeOf(ROW)
type Row = Values<typeof ROW>

const BY_DAY = {
  days: listOf(text),
  requestsByDay: listOf(count64),
  bytesByDay: listOf(count64),
  meteredRequestsByDay: listOf(count64),
  meteredBytesByDay: listOf(count64),
}
const rowWithDaysShape = shapeOf({ ...ROW, ...BY_DAY })

function toNames({ clientId, isKnown, name, partnerId, payerId, payerName }: Row) {
  if (!isKnown) return { clientId, name: null, partnerId: null, payerId: null, payerName: null }
  return { clientId, name, partnerId, payerId, payerName: payerName === '' ? null : payerName }
}

function toTotals(row: Row | undefined): ClientTotals {
  return {
    clients: row?.clientsTotal ?? 0,
    over: row?.overTotal ?? 0,
    heading: row?.headingTotal ?? 0,
    near: row?.nearTotal ?? 0,
    within: row?.withinTotal ?? 0,
  }
}
