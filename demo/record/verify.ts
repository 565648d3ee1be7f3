// Reads the recorded lines back and says whether they fit the demo's story.
import { hourMs, monthFromMs, monthUntilMs } from './calendar.ts'
import { isCounted, type Registry } from './registry.ts'

export const requestAllowance = 10_000
export const byteAllowance = 600_000_000
const recordedLinesLow = 280_000
const recordedLinesHigh = 330_000
const compressedBytesHigh = 6_300_000

const fieldNames = 'msec,client_id,integration_id,method,path,status,request_length,bytes_sent,request_time'

interface Use {
  requests: number
  bytes: number
  /** Use through integrations that do not count. */
  otherRequests: number
}

interface LogTally {
  lines: number
  beforeMonth: number
  afterMonth: number
  firstMs: number
  lastMs: number
}

export interface Tally {
  logs: LogTally[]
  useByClient: Map<string, Use>
  linesByStatus: Map<string, number>
  emptyClientLines: number
  problems: Set<string>
}

interface Line {
  msec: string
  client_id: string
  integration_id: string
  status: string
  request_length: number
  bytes_sent: number
}

function parseLine(text: string): Line {
  // The format is ours and the names are checked; a wrong type would show as NaN in the sums.
  const line = JSON.parse(text) as Line
  if (Object.keys(line).join() !== fieldNames) throw new Error(`unexpected fields: ${text}`)
  return line
}

export function tallyLogs(texts: readonly string[], registry: Registry): Tally {
  const tally: Tally = {
    logs: [],
    useByClient: new Map(registry.clients.map(({ clientId }) => [clientId, emptyUse()])),
    linesByStatus: new Map(),
    emptyClientLines: 0,
    problems: new Set(),
  }
  for (const text of texts) {
    const log = { lines: 0, beforeMonth: 0, afterMonth: 0, firstMs: Infinity, lastMs: 0 }
    for (const lineText of text.trimEnd().split('\n')) {
      const line = parseLine(lineText)
      const atMs = Math.round(Number(line.msec) * 1000)
      log.lines += 1
      log.firstMs = Math.min(log.firstMs, atMs)
      log.lastMs = Math.max(log.lastMs, atMs)
      if (atMs < monthFromMs) log.beforeMonth += 1
      if (atMs >= monthUntilMs) log.afterMonth += 1
      tallyLine(tally, line, atMs, registry)
    }
    tally.logs.push(log)
  }
  return tally
}

function emptyUse(): Use {
  return { requests: 0, bytes: 0, otherRequests: 0 }
}

function tallyLine(tally: Tally, line: Line, atMs: number, registry: Registry): void {
  tally.linesByStatus.set(line.status, (tally.linesByStatus.get(line.status) ?? 0) + 1)
  if (line.client_id === '') {
    tally.emptyClientLines += 1
    if (line.status !== '401') tally.problems.add(`${line.status} without a client`)
    return
  }
  const active = registry.activations.some(
    each =>
      each.clientId === line.client_id &&
      each.integrationId === line.integration_id &&
      each.fromMs <= atMs &&
      atMs < each.untilMs,
  )
  if (!active) tally.problems.add(`not active: ${line.client_id} ${line.integration_id} ${atMs}`)
  if (atMs < monthFromMs || atMs >= monthUntilMs) return
  const use = tally.useByClient.get(line.client_id)
  if (use === undefined) {
    tally.problems.add(`unknown client ${line.client_id}`)
  } else if (isCounted(registry.kindByIntegration.get(line.integration_id))) {
    use.requests += 1
    use.bytes += line.request_length + line.bytes_sent
  } else {
    use.otherRequests += 1
  }
}

/** Everything that must hold before a recording replaces the old one; what does not is returned. */
export function findProblems(tally: Tally, registry: Registry, compressedBytes: number): string[] {
  const problems = [...tally.problems]
  const expect = (holds: boolean, text: string): void => {
    if (!holds) problems.push(text)
  }
  const lines = tally.logs.reduce((total, log) => total + log.lines, 0)
  expect(lines >= recordedLinesLow && lines <= recordedLinesHigh, `${lines} lines`)
  tally.logs.forEach((log, index) => {
    const name = `gateway-${index + 1}`
    expect(log.firstMs < monthFromMs - 2 * hourMs, `${name} starts too late`)
    expect(log.lastMs > monthUntilMs + 5 * hourMs, `${name} ends too early`)
    expect(log.beforeMonth > 0 && log.afterMonth > 0, `${name} has too little around the month`)
    expect(log.lines > lines / 4, `${name} got too little traffic`)
  })
  expect(tally.emptyClientLines >= 30 && tally.emptyClientLines <= 50, 'lines without client')

  const uses = [...tally.useByClient.values()]
  const overRequests = uses.filter(use => use.requests > requestAllowance)
  const overBytes = uses.filter(use => use.bytes > byteAllowance)
  const far = overRequests.filter(use => use.requests > 1.5 * requestAllowance)
  const byOne = overRequests.filter(use => use.requests === requestAllowance + 1)
  expect(overRequests.length === 3, `${overRequests.length} clients over the request allowance`)
  expect(far.length === 2, `${far.length} clients clearly over the request allowance`)
  expect(byOne.length === 1, `${byOne.length} clients over by exactly one request`)
  expect(overBytes.length === 1, `${overBytes.length} clients over the byte allowance`)
  for (const use of overBytes) {
    expect(use.requests <= requestAllowance, 'over both allowances')
    expect(use.bytes > 0.7e9 && use.bytes < 0.8e9, `${use.bytes} bytes where 0.75 GB was meant`)
  }
  const rest = uses.filter(use => !overRequests.includes(use) && !overBytes.includes(use))
  expect(
    rest.every(use => use.requests < 0.95 * requestAllowance),
    'too near the requests',
  )
  expect(
    uses.every(use => overBytes.includes(use) || use.bytes < 0.9 * byteAllowance),
    'too near the bytes',
  )
  const collective = registry.clients.some(each => each.collectiveInvoice && each.partnerId !== '')
  expect(collective, 'no client on a collective invoice')
  expect(compressedBytes <= compressedBytesHigh, `${compressedBytes} compressed bytes`)
  return problems
}
