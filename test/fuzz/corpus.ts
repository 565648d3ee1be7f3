import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Of each file, so that none outweighs the others. */
const LINES_MAX = 200

/** Lines that real gateways wrote, and the odd ones that were thought of. */
export function readLines(): readonly Buffer[] {
  const lines = ['test/samples/gateways', 'test/samples/lines', 'test/samples/formats'].flatMap(folder =>
    filesIn(folder)
      .filter(([name]) => !name.endsWith('.json'))
      .flatMap(([name, bytes]) => splitLines(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)),
  )
  // Whole ones as well: in some formats a line is read by the ones before it.
  return [...lines, ...filesIn('test/samples/formats').map(([, bytes]) => bytes)]
}

/** Every kind of record, of every version. */
export function readRecords(): readonly Buffer[] {
  return filesIn('schemas/wire/golden').map(([name, bytes]) =>
    name.endsWith('.hex') ? Buffer.from(bytes.toString('latin1').trim(), 'hex') : bytes,
  )
}

export function readExample(path: string): Buffer {
  return readFileSync(root + path)
}

function filesIn(folder: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(root + folder).map(name => [name, readFileSync(`${root}${folder}/${name}`)] as const)
}

function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines = bytes.toString('latin1').split('\n').slice(0, LINES_MAX)
  return lines.map(line => Buffer.from(line, 'latin1'))
}
