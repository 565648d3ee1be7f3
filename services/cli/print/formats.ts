import type { Declaration } from '@forbruk/schemas/gateway/declaration.ts'
import type { ClientField } from '@forbruk/schemas/gateway/gateway-format.ts'
import { describeUse } from '@forbruk/schemas/gateway/request-ids.ts'
import type { CheckedLog } from '../wiring/log/check-log.ts'
import type { Speed } from '../wiring/measure-speed.ts'
import { groupDigits, printLine, printTable, spellTime } from './table.ts'

const WORD = { gateway: "the gateway's", operator: "your log format's", caller: "the caller's" } as const
const EVIDENCE = { real_run: 'a real run', documentation: 'documentation' } as const
const BASIS = { headers_and_body: 'headers and body', body: 'the body' } as const

export function printFormats(declarations: readonly Declaration[]): void {
  printTable(
    [
      { title: 'format' },
      { title: 'gateway' },
      { title: 'client' },
      { title: 'bytes are' },
      { title: 'read from' },
    ],
    declarations.map(({ format, gateway, client, bytesBasis, evidence }) => [
      format,
      gateway,
      client ?? '(to be chosen)',
      BASIS[bytesBasis],
      EVIDENCE[evidence],
    ]),
  )
}

/** A format for its reader: what it sends, whose word its fields are, and what to look out for. */
export function printFormat(declaration: Declaration): void {
  const { format, gateway, sends, version, evidence, source, traps, requestIds } = declaration
  printLine(`${format}: ${gateway}`)
  printLine(sends)
  printLine(`Read from ${EVIDENCE[evidence]} of ${version}: ${source}`)
  printLine()
  for (const [name, where] of describePlaces(declaration)) printLine(`${name.padEnd(12)}${where}`)
  printLine()
  printLine('Who says what is in a field:')
  for (const [name, { setBy, is }] of fieldsOf(declaration))
    printLine(`  ${name} (${WORD[setBy]} word): ${is}`)
  for (const each of requestIds) {
    const whether = describeUse({ ...each, gateway })
    printLine(`  request id ${each.field} (${WORD[each.setBy]} word): may be the identity: ${whether}`)
  }
  if (traps.length > 0) printLine('\nTraps:')
  for (const trap of traps) printLine(`  ${trap}`)
}

function fieldsOf({ fields, otherFields }: Declaration) {
  return [...Object.entries(fields), ['any other', otherFields] as const]
}

function describePlaces(declaration: Declaration): [string, string][] {
  const { text, client, integration, time, timeBasis, status, requestBytes, responseBytes, bytesBasis } =
    declaration
  const times = time.map(
    ({ field, as, offset }) =>
      `${[field].flat().join(' and ')} (${as}${offset === undefined ? '' : `, ${offset}`})`,
  )
  const bytes = [requestBytes, responseBytes].map(at => at?.field ?? '(not said)')
  return [
    ['line', text.syntax === 'tokens' ? text.line : text.syntax],
    ['client', client ?? 'to be chosen with --client-field'],
    ['integration', integration ?? 'none, or chosen with --integration-field'],
    ['time', `${times.join(', else ')}: the ${timeBasis} of the request`],
    ['status', status.field],
    ['bytes', `${bytes.join(' and ')}: ${BASIS[bytesBasis]}`],
    ['missing is', ['"", - or null', ...declaration.missing].join(', ')],
  ]
}

export function printUnrecognised(file: string, lines: number): void {
  printLine(`${file}: ${groupDigits(lines)} lines, of which no format reads any`)
  printLine(
    'See forbruk formats list. One of your own begins with what forbruk formats show combined --json prints.',
  )
}

type Checked = CheckedLog & {
  readonly file: string
  readonly format: string
  readonly alike: readonly string[]
  readonly client: ClientField
  readonly isClientChosen: boolean
  readonly bytesBasis: Declaration['bytesBasis']
  readonly timeBasis: Declaration['timeBasis']
  readonly isWhole: boolean
  readonly speed: Speed
}

export function printChecked(checked: Checked, declaration: Declaration): void {
  const { file, format, alike, client, isClientChosen, lines, isWhole } = checked
  const also = alike.length === 0 ? '' : `, as well as by ${alike.join(', ')}`
  printLine(`${file}: ${isWhole ? '' : 'the first '}${groupDigits(lines)} lines, read as ${format}${also}`)
  printLine(
    `bytes are those of ${BASIS[checked.bytesBasis]}, the time is the ${checked.timeBasis} of a request`,
  )
  if (isClientChosen) printLine(`the client is ${client.field}, ${WORD[client.setBy]} word`)
  else
    printLine(
      `Nobody in such a line is metered unasked. Shown is ${client.field}; choose with --client-field:`,
    )
  if (!isClientChosen || checked.requests === 0) printFields(declaration)
  if (checked.first.length > 0) printFirst(checked)
  const { requests, rejected, blank, speed } = checked
  printLine()
  printLine(
    `${groupDigits(requests)} requests, ${groupDigits(rejected)} rejected, ${groupDigits(blank)} blank`,
  )
  if (rejected > 0) printReasons(checked)
  const megabytes = groupDigits((speed.bytesPerSecond / 1e6).toFixed(1))
  printLine(`Reads ${groupDigits(speed.linesPerSecond)} lines and ${megabytes} MB a second.`)
  const field = declaration.client === client.field ? '' : ` --client-field ${client.field}`
  if (requests > 0) printLine(`To send it: forbruk ship --format ${format}${field} --source NAME ${file}`)
}

function printFields(declaration: Declaration): void {
  for (const [name, { setBy, is }] of fieldsOf(declaration))
    printLine(`  ${name} (${WORD[setBy]} word): ${is}`)
}

function printFirst({ first }: Checked): void {
  printLine()
  printTable(
    [
      { title: 'line', align: 'right' },
      { title: 'client' },
      { title: 'integration' },
      { title: 'time (UTC)' },
      { title: 'status', align: 'right' },
      { title: 'bytes in', align: 'right' },
      { title: 'bytes out', align: 'right' },
      { title: 'request' },
    ],
    first.map(each => [
      String(each.line),
      each.clientId,
      each.integrationId,
      spellTime(each.timeMs),
      String(each.status),
      groupDigits(each.requestBytes),
      groupDigits(each.responseBytes),
      `${each.method} ${each.route}`.trim().slice(0, REQUEST_CHARACTERS_MAX),
    ]),
  )
}

const REQUEST_CHARACTERS_MAX = 40

function printReasons({ reasons }: Checked): void {
  printTable(
    [
      { title: 'rejected as' },
      { title: 'lines', align: 'right' },
      { title: 'first', align: 'right' },
      { title: 'because' },
    ],
    reasons.map(({ reason, lines, firstLine, detail }) => [
      reason,
      groupDigits(lines),
      String(firstLine),
      detail,
    ]),
  )
}
