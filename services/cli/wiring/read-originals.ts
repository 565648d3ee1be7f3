import type { ReadOriginals } from '@forbruk/close/rejected/reread-rejected.ts'
import { openForeignTopic } from '@forbruk/infra/log/open-event-log.ts'
import { readForeignFile, readAgain as readTopicAgain } from '@forbruk/intake/read-again.ts'
import { readEnvelopedTexts } from '@forbruk/intake/read-value.ts'
import type { DeclaredFormat } from '@forbruk/schemas/gateway/gateway-format.ts'
import type { OriginalLine, WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import { findCandidates } from '@forbruk/shipper/find-candidates.ts'
import { diskFiles } from '@forbruk/shipper/log-files.ts'
import { readAgain as readFilesAgain } from '@forbruk/shipper/read-again.ts'
import { progressPath, readProgress } from '@forbruk/shipper/save-progress.ts'
import { shipperStateDir } from '@forbruk/shipper/ship.ts'
import { chooseEnvelope, openRegistry } from './intake-choice.ts'
import { logSettings, type Parts } from './open-parts.ts'

type Reading = {
  readonly formatOf: (source: string) => DeclaredFormat
  /** Paths of files that hold the lines; none: those that the source was shipped from, on this machine. */
  readonly files: readonly string[]
  /** What a topic's shipper put around its lines. */
  readonly envelope: string
}

/** Reads rejected lines again from where they came: files of a gateway, and topics of shippers. */
export function openOriginals(parts: Parts, reading: Reading): ReadOriginals {
  return async (source, wanted) => {
    const format = reading.formatOf(source)
    const originals = new Map<WantedLine, OriginalLine>()
    const topicOf = ({ file }: WantedLine) => readForeignFile(file)?.topic ?? null
    for (const [topic, lines] of Map.groupBy(wanted, topicOf)) {
      const found =
        topic === null
          ? await readFiles(parts, source, lines, format, reading.files)
          : await readTopic(parts, topic, lines, format, reading.envelope)
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

async function readFiles(
  { config }: Parts,
  source: string,
  lines: readonly WantedLine[],
  format: DeclaredFormat,
  given: readonly string[],
): Promise<readonly OriginalLine[]> {
  const progress = await readProgress(progressPath(shipperStateDir(config.dataDir), source), source)
  const paths = given.length > 0 ? given : progress === null ? [] : await findCandidates(diskFiles, progress)
  return readFilesAgain(lines, { files: diskFiles, paths, format, known: progress?.files ?? [] })
}

async function readTopic(
  { config, logger }: Parts,
  topic: string,
  lines: readonly WantedLine[],
  format: DeclaredFormat,
  envelope: string,
): Promise<readonly OriginalLine[]> {
  const registry = await openRegistry(config.schemaRegistry)
  const readTexts = readEnvelopedTexts(chooseEnvelope(envelope), format, registry)
  const foreign = await openForeignTopic(logSettings(config.log, logger), topic)
  try {
    return await readTopicAgain(lines, foreign, readTexts)
  } finally {
    await foreign.close()
  }
}
