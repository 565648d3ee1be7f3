import { readJsonPath } from './read-json-path.ts'
import type { UnwrappedLine } from './unwrapped-line.ts'

/** The line as a JSON text: what OpenTelemetry's collector writes as `raw`. */
export function readJsonText(value: Buffer): readonly UnwrappedLine[] {
  return readJsonPath(value, [])
}
