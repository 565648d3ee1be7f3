import { readJsonPath } from './read-json-path.ts'
import { readLines } from './read-lines.ts'
import { ProtobufReader } from './read-protobuf.ts'
import type { UnwrappedLine } from './unwrapped-line.ts'

/** `{`, which begins JSON and would be a group in protobuf, which OTLP has none of. */
const JSON_START = 0x7b
const JSON_PATH = ['resourceLogs', 'scopeLogs', 'logRecords', 'body', 'stringValue']
/** The same in opentelemetry/proto/logs/v1 by numbers, through LogsData. */
const PATH_TO_RECORD = [1, 2, 2]
const BODY = 5
const STRING_VALUE = 1
const BYTES_VALUE = 7

/** OpenTelemetry's logs, in JSON or protobuf: the body of each log record is a line. Its times are not looked at. */
export function readOtlp(value: Buffer): readonly UnwrappedLine[] {
  if (value[0] === JSON_START) return readJsonPath(value, JSON_PATH)
  const records = findRecords(value, PATH_TO_RECORD) ?? []
  return records.length === 0
    ? [reject(value, 'line_not_json', 'expected OTLP logs')]
    : records.flatMap(readRecord)
}

/** Every message at the path; null where the bytes are no protobuf. */
function findRecords(message: Buffer, [field, ...rest]: readonly number[]): readonly Buffer[] | null {
  if (field === undefined) return [message]
  const found: Buffer[] = []
  const inner = new ProtobufReader(message).messages(field)
  if (inner === null) return null
  for (const each of inner) {
    const records = findRecords(each, rest)
    if (records === null) return null
    found.push(...records)
  }
  return found
}

function readRecord(record: Buffer): readonly UnwrappedLine[] {
  const body = new ProtobufReader(record).messages(BODY)?.at(-1)
  if (body === undefined) return [reject(record, 'field_missing', 'body is missing around the line')]
  const value = new ProtobufReader(body)
  const text = value.messages(STRING_VALUE)?.at(-1) ?? value.messages(BYTES_VALUE)?.at(-1)
  if (text !== undefined) return readLines(text)
  return [reject(record, 'field_missing', 'stringValue is missing around the line')]
}

function reject(bytes: Buffer, reason: 'line_not_json' | 'field_missing', detail: string): UnwrappedLine {
  return { kind: 'rejected', reason, detail, bytes }
}
