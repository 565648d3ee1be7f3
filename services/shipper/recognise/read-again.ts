import type { FileLines, GatewayFormat, ParsedLine } from '@forbruk/schemas/gateway/gateway-format.ts'
import { isSameText, type OriginalLine, type WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import type { LogFiles } from '../files/log-files.ts'
import { openFile } from '../files/read-bytes.ts'
import { endOf, type Line, LineSplitter } from '../lines/read-lines.ts'
import { parseShipped } from '../lines/to-record.ts'
import { ShipError } from '../obstacles/ship-error.ts'
import type { FileProgress } from '../progress/file-progress.ts'
import { digestOf, type Start } from '../progress/identify-file.ts'
import { ByteCursor } from './read-from.ts'
import { agree } from './recognise-file.ts'

type ReadAgainOptions = {
  readonly files: LogFiles
  /** Of files that may hold the lines, whatever they are called by now, compressed or not. */
  readonly paths: readonly string[]
  readonly format: GatewayFormat
  /** What is known of the source's files; nothing where they were shipped from another machine. */
  readonly known: readonly FileProgress[]
}

type Found = { readonly digest: string; readonly parsed: ParsedLine }
type Look = {
  readonly found: Map<WantedLine, Found | 'several'>
  /** Of a file that is the one. */
  readonly seen: Set<string>
  /** Of a file that begins like the one, and where it holds another line. */
  readonly doubted: Map<string, number>
  readonly faults: string[]
}

/**
 * Reads lines that were rejected once more, where they were read: in the file that has the same name on the wire, at
 * the same position, if a line of the same length and shape stands there. Answers in the order of what is wanted.
 */
export async function readAgain(
  wanted: readonly WantedLine[],
  options: ReadAgainOptions,
): Promise<OriginalLine[]> {
  const look: Look = { found: new Map(), seen: new Set(), doubted: new Map(), faults: [] }
  for (const path of options.paths) {
    try {
      await readFile(path, wanted, options, look)
    } catch (error) {
      if (!(error instanceof ShipError)) throw error
      look.faults.push(error.message)
    }
  }
  return wanted.map(line => toOriginal(line, options, look))
}

function toOriginal(line: WantedLine, { paths }: ReadAgainOptions, look: Look): OriginalLine {
  const { file, position } = line
  const found = look.found.get(line)
  const leave = (why: Extract<OriginalLine, { readonly kind: 'left' }>['why'], detail: string) =>
    ({ kind: 'left', why, detail }) as const
  if (found === 'several')
    return leave('several_texts', `files that begin alike hold different lines at byte ${position}: name one`)
  if (found !== undefined) return { kind: 'found', parsed: found.parsed }
  const doubted = look.doubted.get(file)
  if (doubted !== undefined && doubted !== position)
    return leave(
      'other_text',
      `what begins as ${file} holds another line at byte ${doubted}: no line of it is believed`,
    )
  if (look.seen.has(file) || doubted !== undefined)
    return leave('other_text', `file ${file} holds another line at byte ${position}, or none, or ends before`)
  if (look.faults.length > 0)
    return leave('unreadable', `${file} is none of the files that can be read; ${look.faults.join('; ')}`)
  return leave('gone', `none of ${paths.length} files is ${file}, as it was when it was shipped`)
}

async function readFile(
  path: string,
  wanted: readonly WantedLine[],
  options: ReadAgainOptions,
  look: Look,
): Promise<void> {
  const cursor = await ByteCursor.open(() => openFile(options.files, path))
  try {
    const start = await cursor.identify()
    if (start === null) return
    const names = new Set<string>()
    for (const name of new Set(wanted.map(({ file }) => file)))
      if (await isFile(cursor, start, name, options.known)) names.add(name)
    const inFile = wanted.filter(({ file }) => names.has(file))
    if (inFile.length === 0) return
    await cursor.rewind()
    const found: Look['found'] = new Map()
    await readLines(cursor, inFile, options.format, found)
    for (const name of names) {
      const ofName = inFile.filter(({ file }) => file === name)
      const other = isKnown(name, options) ? undefined : ofName.find(line => !found.has(line))
      if (other === undefined) look.seen.add(name)
      else look.doubted.set(name, other.position)
      for (const line of other === undefined ? ofName : []) keep(look.found, line, found.get(line))
    }
  } finally {
    await cursor.close()
  }
}

/** Where nobody here knows the file, its beginning alone says little: files of one gateway often begin alike. */
function isKnown(name: string, { known }: ReadAgainOptions): boolean {
  return known.some(({ file }) => file === name)
}

/** By its lines as they were shipped; where nobody knows these any more, by those of its name. */
async function isFile(
  cursor: ByteCursor,
  start: Start,
  name: string,
  known: readonly FileProgress[],
): Promise<boolean> {
  const [firstLine, through] = name.split('-')
  if (start.file !== firstLine) return false
  const progress = known.find(({ file }) => file === name)
  if (progress !== undefined) return agree(start, progress) && (await cursor.holds(progress)) === 'all'
  return through === undefined || start.lineDigests.includes(through)
}

async function readLines(
  cursor: ByteCursor,
  wanted: readonly WantedLine[],
  format: GatewayFormat,
  found: Look['found'],
): Promise<void> {
  const byPosition = Map.groupBy(wanted, ({ position }) => position)
  const last = Math.max(...byPosition.keys())
  const ofFile = format.openFile?.(null) ?? null
  const splitter = new LineSplitter(0)
  const take = (line: Line) => {
    const here = byPosition.get(line.position) ?? []
    // A format in which a line may say how those after it are read must have read it.
    if (here.length === 0 && ofFile === null) return
    const parsed = parseAgain(line, format, ofFile)
    for (const each of here.filter(one => isSameText(one, line.bytes, line.lineBytes)))
      keep(found, each, { digest: digestOf(line.bytes), parsed })
  }
  for (let chunk = await cursor.next(); chunk !== null; chunk = await cursor.next()) {
    splitter.push(chunk)
    for (let line = splitter.next(); line !== null; line = splitter.next()) {
      take(line)
      if (endOf(line) > last) return
    }
  }
  const line = splitter.end()
  if (line !== null) take(line)
}

function parseAgain(line: Line, format: GatewayFormat, ofFile: FileLines | null): ParsedLine {
  const parsed = parseShipped(line, ofFile === null ? format : { ...format, parseLine: ofFile.parseLine })
  if (parsed.kind !== 'request') return parsed
  // As it is shipped, a line is known by its position.
  const { requestId: _, ...request } = parsed
  return request
}

function keep(found: Look['found'], line: WantedLine, text: Found | 'several' | undefined): void {
  const before = found.get(line)
  if (text === undefined || before === 'several') return
  const isAnother = before !== undefined && (text === 'several' || before.digest !== text.digest)
  found.set(line, isAnother ? 'several' : text)
}
