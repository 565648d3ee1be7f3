import { readInflux } from './read-influx.ts'
import { readJsonPath } from './read-json-path.ts'
import { readLines } from './read-lines.ts'
import { readOtlp } from './read-otlp.ts'
import { readSyslogNg } from './read-syslog-ng.ts'
import type { UnwrappedLine } from './unwrapped-line.ts'

/** What a shipper has put around a gateway's lines in a record of a topic. Pure: the same bytes give the same lines. */
export type RecordEnvelope = {
  readonly name: string
  readonly unwrap: (value: Buffer) => readonly UnwrappedLine[]
}

const ENVELOPES = {
  lines: readLines,
  /** What OpenTelemetry's collector writes as `raw`. */
  'json-text': (value: Buffer) => readJsonPath(value, []),
  'syslog-ng': readSyslogNg,
  otlp: readOtlp,
  influx: readInflux,
} as const

const JSON_PATH = /^json:([\w@-]+(?:\.[\w@-]+)*)$/

export const RECORD_ENVELOPES: readonly string[] = [...Object.keys(ENVELOPES), 'json:FIELD']

/**
 * An envelope by its name; null when it is unknown. `json:message` takes the text in a field of a JSON object, and
 * `json:metrics.fields` the object in one, for each element of the arrays on the way.
 */
export function openRecordEnvelope(name: string): RecordEnvelope | null {
  const path = JSON_PATH.exec(name)?.[1]?.split('.')
  if (path !== undefined) return { name, unwrap: value => readJsonPath(value, path) }
  const known = Object.entries(ENVELOPES).find(([each]) => each === name)
  return known === undefined ? null : { name, unwrap: known[1] }
}
