import { RejectedEventError } from '@forbruk/close/rejected/coordinates.ts'
import type { ReadOriginals } from '@forbruk/close/rejected/reread-rejected.ts'
import { readAgain as readSentAgain } from '@forbruk/collector/read-again.ts'
import { EventLogError } from '@forbruk/infra/log/event-log.ts'
import { openForeignTopic } from '@forbruk/infra/log/open-event-log.ts'
import { readForeignFile, readAgain as readTopicAgain } from '@forbruk/intake/read-again.ts'
import { readEnvelopedTexts } from '@forbruk/intake/read-value.ts'
import { isCollected } from '@forbruk/schemas/event/collected-file.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { OriginalLine, WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { diskFiles } from '@forbruk/shipper/files/log-files.ts'
import { openFile } from '@forbruk/shipper/files/read-bytes.ts'
import { progressPath, readProgress } from '@forbruk/shipper/progress/save-progress.ts'
import { readAgain as readFilesAgain } from '@forbruk/shipper/recognise/read-again.ts'
import { findCandidates } from '@forbruk/shipper/rotation/find-candidates.ts'
import { shipperStateDir } from '@forbruk/shipper/ship.ts'
import { readCollectorTokens } from '../collector/read-collector-tokens.ts'
import { chooseEnvelope, openRegistry } from '../intake/intake-choice.ts'
import { logSettings, type Parts } from '../parts/open-parts.ts'

type Reading = {
  readonly formatOf: (source: string) => DeclaredFormat
  /** Whether it is that which the operator names, and not what the source says. */
  readonly isFormatNamed: boolean
  /** Paths of files that hold the lines; none: those that the source was shipped from, on this machine. */
  readonly files: readonly string[]
  /** Where `-` is among these. */
  readonly standardInput: Buffer | null
  /** What a topic's shipper put around its lines. */
  readonly envelopeOf: (source: string) => string
  /** The Idempotency-Key with which lines came over HTTP. */
  readonly bodyKey: string | null
}

export type OriginalParts = Pick<Parts, 'config' | 'logger'>

/** Reads rejected lines again from where they came: files of a gateway, topics of shippers, what senders have kept. */
export function openOriginals(parts: OriginalParts, reading: Reading): ReadOriginals {
  let bodies: Promise<readonly Buffer[]> | null = null
  const readKept = () => {
    bodies ??= readBodies(reading)
    return bodies
  }
  return async (source, wanted) => {
    const originals = new Map<WantedLine, OriginalLine>()
    for (const [place, lines] of Map.groupBy(wanted, placeOf)) {
      const found =
        place === IN_FILES
          ? await readFiles(parts, source, lines, reading)
          : place === OVER_HTTP
            ? await readSent(parts, source, lines, reading, readKept)
            : await readTopic(parts, source, place, lines, reading)
      for (const [index, line] of lines.entries()) {
        const original = found[index]
        if (original !== undefined) originals.set(line, original)
      }
    }
    return wanted.map(
      line => originals.get(line) ?? { kind: 'left', why: 'gone', detail: 'it was not looked for' },
    )
  }
}

/** No topic has such a name. */
const IN_FILES = '/'
const OVER_HTTP = 'http:'

function placeOf({ file }: WantedLine): string {
  return isCollected(file) ? OVER_HTTP : (readForeignFile(file)?.topic ?? IN_FILES)
}

export const STANDARD_INPUT = '-'

async function readFiles(
  { config }: OriginalParts,
  source: string,
  lines: readonly WantedLine[],
  { files, formatOf }: Reading,
): Promise<readonly OriginalLine[]> {
  const progress = await readProgress(progressPath(shipperStateDir(config.dataDir), source), source)
  const given = files.filter(path => path !== STANDARD_INPUT)
  if (given.length === 0 && progress === null) {
    const detail = `nothing of ${source} was shipped from here: replay it where its files are, or name them by --file`
    return lines.map(() => ({ kind: 'left', why: 'unreadable', detail }))
  }
  const paths = given.length > 0 || progress === null ? given : await findCandidates(diskFiles, progress)
  return readFilesAgain(lines, {
    ...{ files: diskFiles, paths, format: formatOf(source), known: progress?.files ?? [] },
  })
}

async function readTopic(
  { config, logger }: OriginalParts,
  source: string,
  topic: string,
  lines: readonly WantedLine[],
  { envelopeOf, formatOf }: Reading,
): Promise<readonly OriginalLine[]> {
  const registry = await openRegistry(config.schemaRegistry)
  const readTexts = readEnvelopedTexts(chooseEnvelope(envelopeOf(source)), formatOf(source), registry)
  try {
    const foreign = await openForeignTopic(logSettings(config.log, logger), topic)
    try {
      return await readTopicAgain(lines, foreign, readTexts)
    } finally {
      await foreign.close()
    }
  } catch (error) {
    if (!(error instanceof EventLogError)) throw error
    const detail = `topic ${topic} can't be read from here: ${error.message}`
    return lines.map(() => ({ kind: 'left', why: 'unreadable', detail }))
  }
}

async function readSent(
  { config }: OriginalParts,
  source: string,
  lines: readonly WantedLine[],
  { formatOf, isFormatNamed, bodyKey }: Reading,
  readKept: () => Promise<readonly Buffer[]>,
): Promise<readonly OriginalLine[]> {
  const { tokensPath } = config.collector
  const holders = tokensPath === null ? [] : await readCollectorTokens(tokensPath)
  const ofSource = holders.filter(holder => holder.source === source)
  const told = ofSource.find(({ format }) => format !== null)?.format ?? null
  return readSentAgain(lines, {
    ...{ source, bodyKey, bodies: await readKept() },
    tokenHashes: ofSource.map(({ tokenHash }) => tokenHash),
    // With the fields that were chosen for the token.
    openFormat: () => (isFormatNamed || told === null ? formatOf(source) : told),
  })
}

/** Of each that is handed in, which is held in memory as a whole. */
const KEPT_BYTES_MAX = 256 * 1_048_576

/** Before the store is opened: an embedded one takes what stands there for rows. */
export function readStandardInput(): Promise<Buffer> {
  return readWhole(process.stdin, 'standard input')
}

async function readBodies({ files, standardInput }: Reading): Promise<readonly Buffer[]> {
  const bodies: Buffer[] = []
  for (const path of files)
    bodies.push(
      path === STANDARD_INPUT ? (standardInput ?? Buffer.alloc(0)) : await readWhole(readChunks(path), path),
    )
  return bodies
}

async function readWhole(chunks: AsyncIterable<Buffer>, name: string): Promise<Buffer> {
  const read: Buffer[] = []
  let room = KEPT_BYTES_MAX
  for await (const chunk of chunks) {
    room -= chunk.length
    if (room < 0)
      throw new RejectedEventError(`${name} holds more than ${KEPT_BYTES_MAX} bytes; hand it in part by part`)
    read.push(chunk)
  }
  return Buffer.concat(read)
}

async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await openFile(diskFiles, path)
  try {
    for (let chunk = await file.next(); chunk !== null; chunk = await file.next()) yield chunk
  } finally {
    await file.close()
  }
}
