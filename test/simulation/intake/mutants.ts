import { LogUnavailableError, type RecordBatch } from '@forbruk/infra/log/event-log.ts'
import type { SoleWriter } from '@forbruk/infra/log/sole-writer.ts'
import { decodeRecord } from '@forbruk/schemas/wire/decode.ts'
import type { ReadableLog } from '../../../services/intake/recover.ts'
import type { Mutation } from './simulate-intake.ts'

/** The intake with one piece replaced by a wrong one: the simulation must tell each from the right one. */
export const MUTANTS: Readonly<Record<string, Mutation>> = {
  'an append may be there in part': {
    writer: (writer, log) => ({
      ...writer,
      async claim() {
        const claim = await writer.claim()
        return {
          async append(records) {
            const isEarly = log.partitions.flat().length < 60
            if (!isEarly || records.length % 5 !== 3) return claim.append(records)
            await claim.append(records.filter(({ to }) => !('partition' in to) || to.partition !== 1))
            throw new LogUnavailableError('a part was refused')
          },
        }
      },
    }),
  },
  'a claim shuts nobody out': {
    writer: (writer, log) => openly(writer, () => log.claim()),
  },
  'it is looked how far it came before the topic is claimed': {
    settings: settings => {
      const { log, writer } = settings
      let seen: Promise<ReadonlyMap<number, number>> | null = null
      return {
        ...settings,
        writer: {
          ...writer,
          claim: async () => {
            seen = readEnds(log)
            await seen
            return writer.claim()
          },
        },
        log: {
          ...log,
          bounds: async partition => {
            const bounds = await log.bounds(partition)
            return { ...bounds, endOffset: (await seen)?.get(partition) ?? bounds.endOffset }
          },
        },
      }
    },
  },
  'how far it came is told by marks alone': {
    settings: ({ log, ...settings }) => ({
      ...settings,
      log: reading(log, batch => ({ ...batch, records: batch.records.filter(each => isMark(each.value)) })),
    }),
  },
  'how far it came is looked for in one partition': {
    settings: ({ log, ...settings }) => ({
      ...settings,
      log: reading(log, batch => (batch.partition === 0 ? batch : { ...batch, records: [] })),
    }),
  },
  'the log is not read to its end': {
    settings: ({ log, ...settings }) => ({
      ...settings,
      log: reading(log, batch => ({ ...batch, records: batch.records.slice(0, -1) })),
    }),
  },
  'where the topic ends is looked at once': {
    settings: ({ foreign, ...settings }) => {
      const ends = new Map<number, number>()
      const bounds: typeof foreign.bounds = async partition => {
        const { startOffset, endOffset } = await foreign.bounds(partition)
        ends.set(partition, ends.get(partition) ?? endOffset)
        return { startOffset, endOffset: ends.get(partition) ?? endOffset }
      }
      return { ...settings, foreign: { ...foreign, bounds } }
    },
  },
  'what a buffer may hold is vouched for': {
    settings: settings => ({
      ...settings,
      readValue: async value => {
        const pieces = await settings.readValue(value)
        return pieces.map(piece =>
          piece.kind === 'request' ? { ...piece, timeMs: piece.timeMs + 60_000 } : piece,
        )
      },
      clock: () => settings.clock() + 120_000,
    }),
  },
  'what was lost before it was read is passed over': {
    writer: writer => ({
      ...writer,
      async claim() {
        const claim = await writer.claim()
        return { append: records => claim.append(records.filter(({ value }) => !isMarkOfLoss(value))) }
      },
    }),
  },
}

/** The writer of whoever wrote last, as if the claim were its own. */
function openly(writer: SoleWriter, claimAgain: () => number): SoleWriter {
  return {
    ...writer,
    async claim() {
      let claim = await writer.claim()
      return {
        async append(records) {
          claimAgain()
          claim = await writer.claim()
          return claim.append(records)
        },
      }
    },
  }
}

async function readEnds(log: ReadableLog): Promise<ReadonlyMap<number, number>> {
  const ends = new Map<number, number>()
  for (let partition = 0; partition < log.partitionCount; partition++)
    ends.set(partition, (await log.bounds(partition)).endOffset)
  return ends
}

function isMark(value: Buffer | null): boolean {
  return decodeRecord(value).every(({ kind }) => kind === 'mark')
}

function reading(log: ReadableLog, change: (batch: RecordBatch) => RecordBatch): ReadableLog {
  return {
    ...log,
    async *read(partition, fromOffset, toOffset) {
      for await (const batch of log.read(partition, fromOffset, toOffset)) yield change(batch)
    },
  }
}

function isMarkOfLoss(value: Buffer): boolean {
  return decodeRecord(value).some(event => event.kind === 'mark' && /:\d+-\d+$/.test(event.file))
}
