import { readLines } from './read-lines.ts'
import type { UnwrappedLine } from './unwrapped-line.ts'

/** `TIME HOST `, and `PROGRAM[1]: ` where there is one: the template that syslog-ng has unless another is set. */
const HEADER = new RegExp(
  String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) [\w.:-]{1,255} ` +
    String.raw`(?:[\w./()@-]{1,128}(?:\[\d{1,10}\])?: )?`,
)

export function readSyslogNg(value: Buffer): readonly UnwrappedLine[] {
  return readLines(value).map(line => {
    const text = Buffer.from(line.bytes).toString('latin1')
    const header = HEADER.exec(text)
    if (header !== null) return { kind: 'line', bytes: line.bytes.subarray(header[0].length) }
    if (text.trim() === '') return line
    const detail = 'the line does not begin with a time and a host, as syslog-ng writes them'
    return { kind: 'rejected', reason: 'field_missing', detail, bytes: line.bytes }
  })
}
