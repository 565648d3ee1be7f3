import { type Measures, rejectLine } from './accept-request.ts'
import type { Declaration, TimeAt } from './declaration.ts'
import type { RejectedParse } from './gateway-format.ts'
import { describeValue, isMissing, parseCount, parseStatus } from './parse-number.ts'
import { compileTime, TIME_EXAMPLES } from './parse-time.ts'
import { BROKEN } from './syntax/field-reader.ts'

type Found<Cut> = (cut: Cut) => unknown
type Read<Cut> = (cut: Cut) => number | RejectedParse

/** Time, status and bytes of a request, each from its field; or what is wrong with the first that can't be read. */
export function compileMeasures<Cut>(
  field: (name: string) => Found<Cut>,
  { time, status, requestBytes, responseBytes, method }: Declaration,
): (cut: Cut) => Measures | RejectedParse {
  const readTime = compileTimes(field, time)
  const readStatus = compileStatus(field(status.field), status)
  const readRequestBytes = compileBytes(field, requestBytes)
  const readResponseBytes = compileBytes(field, responseBytes)
  const findMethod =
    responseBytes?.isContentLength === true && method !== undefined ? field(method.field) : null
  return cut => {
    const timeMs = readTime(cut)
    if (typeof timeMs !== 'number') return timeMs
    const status = readStatus(cut)
    if (typeof status !== 'number') return status
    const requestBytes = readRequestBytes(cut)
    if (typeof requestBytes !== 'number') return requestBytes
    const responseBytes = readResponseBytes(cut)
    if (typeof responseBytes !== 'number') return responseBytes
    const isBodiless = findMethod !== null && hasNoBody(findMethod(cut), status)
    return { timeMs, status, requestBytes, responseBytes: isBodiless ? 0 : responseBytes }
  }
}

/** An answer that by RFC 9110 section 6.4.1 has no body, whatever length it tells. */
function hasNoBody(method: unknown, status: number): boolean {
  return status === 304 || status === 204 || String(method).split(' ', 1)[0] === 'HEAD'
}

/** The first time that is there is read, and no other in its place. */
function compileTimes<Cut>(field: (name: string) => Found<Cut>, times: readonly TimeAt[]): Read<Cut> {
  const readers = times.map(at => compileTimeAt(field, at))
  const names = readers.map(({ name }) => name)
  const nothing = names.length === 1 ? `${names[0]} is missing` : `neither ${names.join(' nor ')} is there`
  return cut => {
    for (const { find, parse, name, example } of readers) {
      const value = find(cut)
      if (isMissing(value)) continue
      const timeMs = parse(value)
      if (timeMs !== null) return timeMs
      return rejectLine(
        'time_invalid',
        `${name} is ${describeValue(value)}; expected a time such as ${example}`,
      )
    }
    return rejectLine('field_missing', nothing)
  }
}

function compileTimeAt<Cut>(field: (name: string) => Found<Cut>, { field: at, as, offset }: TimeAt) {
  const parse = compileTime(as, offset)
  const example = TIME_EXAMPLES[as]
  if (typeof at === 'string') return { name: at, find: field(at), parse, example }
  const [findDate, findTime] = at.map(field)
  const find: Found<Cut> = cut => {
    const [date, time] = [findDate?.(cut), findTime?.(cut)]
    return isMissing(date) || isMissing(time) ? undefined : `${String(date).replaceAll('/', '-')}T${time}`
  }
  return { name: at.join(' and '), find, parse, example }
}

function compileStatus<Cut>(
  find: Found<Cut>,
  { field: name, zeroIfMissing }: Declaration['status'],
): Read<Cut> {
  return cut => {
    const value = find(cut)
    if (value === undefined && zeroIfMissing === true) return 0
    if (value === undefined || value === BROKEN) return rejectLine('field_missing', `${name} is missing`)
    return (
      parseStatus(value) ??
      rejectLine('status_invalid', `${name} is ${describeValue(value)}; expected 100 to 999`)
    )
  }
}

function compileBytes<Cut>(field: (name: string) => Found<Cut>, at: Declaration['requestBytes']): Read<Cut> {
  if (at === null) return () => 0
  const { field: name, zeroIfMissing } = at
  const find = field(name)
  const isZero = zeroIfMissing === true ? isNothing : () => false
  return cut => {
    const value = find(cut)
    if (isZero(value)) return 0
    const bytes = parseCount(value)
    if (bytes !== null) return bytes
    return isMissing(value) && !(zeroIfMissing === true && value === '')
      ? rejectLine('field_missing', `${name} is missing or empty`)
      : rejectLine('bytes_invalid', `${name} is ${describeValue(value)}; expected a whole number from 0`)
  }
}

/** An answer without a body. An empty text is none: it would come of a field that is missing by mistake. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '-'
}
