import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'

/** A ledger reader that answers in the moment it is asked. */
export type AnswersAtOnce = {
  [Name in keyof LedgerReader]: (
    ...args: Parameters<LedgerReader[Name]>
  ) => Awaited<ReturnType<LedgerReader[Name]>>
}

/** @param ask has the answer made, now or later, under the question's name */
export function toLedgerReader(
  reader: AnswersAtOnce,
  ask: <Value>(name: string, answer: () => Value) => Promise<Value>,
): LedgerReader {
  return {
    readStream: stream => ask('stream', () => reader.readStream(stream)),
    readStandings: stream => ask('standings', () => reader.readStandings(stream)),
    readGrowths: stream => ask('growths', () => reader.readGrowths(stream)),
    readNewestBlocks: (place, max) => ask('newest blocks', () => reader.readNewestBlocks(place, max)),
    readIdentitySums: (stream, blocks) => ask('identity sums', () => reader.readIdentitySums(stream, blocks)),
    readSumsFrom: (place, block) => ask('block sums', () => reader.readSumsFrom(place, block)),
    readGaps: place => ask('gaps', () => reader.readGaps(place)),
    readSeenFiles: (place, block) => ask('seen files', () => reader.readSeenFiles(place, block)),
    readRecognition: stream => ask('recognition', () => reader.readRecognition(stream)),
    countRepeated: stream => ask('repeated', () => reader.countRepeated(stream)),
    readIdentityBlocks: (stream, beyond) =>
      ask('identity blocks', () => reader.readIdentityBlocks(stream, beyond)),
    readAlike: question => ask('alike', () => reader.readAlike(question)),
    readRepeated: (stream, first, last) => ask('repeated', () => reader.readRepeated(stream, first, last)),
  }
}
