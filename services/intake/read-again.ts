import type { EventLog, LogBounds } from '@forbruk/infra/log/event-log.ts'
import { isSameText, type OriginalLine, type WantedLine } from '@forbruk/schemas/rejected/original-line.ts'
import type { Piece } from './piece.ts'
import { placeOf } from './place.ts'
import type { ReadTexts } from './read-value.ts'

type Foreign = Pick<EventLog, 'topic' | 'partitionCount' | 'bounds' | 'read'>
type Left = Extract<OriginalLine, { readonly kind: 'left' }>

/** Records between two that are wanted are read through, where there are no more. */
const GAP_MAX = 2_000

/** The partition of a topic that a file on the wire stands for; null for a file of a shipper. */
export function readForeignFile(file: string): { readonly topic: string; readonly partition: number } | null {
  const [, topic, partition] = /^([\w.-]+)\/(\d{1,9})$/.exec(file) ?? []
  return topic === undefined || partition === undefined ? null : { topic, partition: Number(partition) }
}

/**
 * Reads lines that were rejected once more, where they were read: at their offset and index, which mean the same for as
 * long as the topic is there. Answers in the order of what is wanted, which is of this topic alone.
 */
export async function readAgain(
  wanted: readonly WantedLine[],
  foreign: Foreign,
  readTexts: ReadTexts,
): Promise<OriginalLine[]> {
  const originals = new Map<WantedLine, OriginalLine>()
  for (const [partition, ofPartition] of Map.groupBy(wanted, partitionOf)) {
    if (partition >= foreign.partitionCount) continue
    const bounds = await foreign.bounds(partition)
    for (const line of ofPartition) {
      const gone = findGone(line, foreign.topic, bounds)
      if (gone !== null) originals.set(line, gone)
    }
    const byOffset = Map.groupBy(
      ofPartition.filter(line => !originals.has(line)),
      ({ position }) => placeOf(position).offset,
    )
    for (const { fromOffset, toOffset } of toRanges([...byOffset.keys()])) {
      for await (const { records } of foreign.read(partition, fromOffset, toOffset)) {
        for (const { offset, value } of records)
          for (const line of byOffset.get(offset) ?? [])
            if (value !== null) originals.set(line, readPlace(line, await readTexts(value)))
      }
    }
  }
  return wanted.map(line => originals.get(line) ?? leave('gone', `${line.file} holds nothing there any more`))
}

function findGone({ file, position }: WantedLine, topic: string, bounds: LogBounds): Left | null {
  const { offset } = placeOf(position)
  if (offset < bounds.startOffset)
    return leave('gone', `${file} begins at offset ${bounds.startOffset}: offset ${offset} was deleted`)
  if (offset >= bounds.endOffset)
    return leave(
      'gone',
      `${file} ends at offset ${bounds.endOffset}, before ${offset}: ${topic} was made anew`,
    )
  return null
}

/** Pure: the line at an index, of which there is but one request. */
function readPlace(line: WantedLine, texts: Awaited<ReturnType<ReadTexts>>): OriginalLine {
  const { index } = placeOf(line.position)
  const where = `${line.file}, offset ${placeOf(line.position).offset}, line ${index + 1}`
  const found = findText(texts, index)
  if (found === null || !isSameText(line, found.bytes, found.bytes.length))
    return leave('other_text', `another line stands at ${where}, or none: was it read in another envelope?`)
  const [piece, ...others] = found.pieces
  if (piece === undefined || others.length > 0)
    return leave(
      'several_requests',
      `${found.pieces.length} requests stand at ${where}, for one that was rejected; write that line alone to the ` +
        'topic again, so that each is taken in, and waive this one',
    )
  return { kind: 'found', parsed: toParsed(piece) }
}

/** An index counts requests; a line that holds several has as many of them. */
function findText(texts: Awaited<ReturnType<ReadTexts>>, index: number) {
  let first = 0
  for (const text of texts) {
    if (index < first + text.pieces.length) return text
    first += text.pieces.length
  }
  return null
}

function toParsed(piece: Piece) {
  if (piece.kind !== 'rejected') return piece
  const { bytes: _, ...parsed } = piece
  return parsed
}

function partitionOf({ file }: WantedLine): number {
  return readForeignFile(file)?.partition ?? Number.POSITIVE_INFINITY
}

function toRanges(offsets: readonly number[]): { readonly fromOffset: number; readonly toOffset: number }[] {
  const ranges: { fromOffset: number; toOffset: number }[] = []
  for (const offset of offsets.toSorted((one, other) => one - other)) {
    const last = ranges.at(-1)
    if (last !== undefined && offset - last.toOffset <= GAP_MAX) last.toOffset = offset + 1
    else ranges.push({ fromOffset: offset, toOffset: offset + 1 })
  }
  return ranges
}

function leave(why: Left['why'], detail: string): Left {
  return { kind: 'left', why, detail }
}
