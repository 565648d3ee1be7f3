import { findRepeated } from '@forbruk/aggregator/recognise/find-repeated.ts'
import { type RecogniseParts, Recogniser } from '@forbruk/aggregator/recognise/recogniser.ts'
import { resumePartition } from '@forbruk/aggregator/resume/resume.ts'
import { flushRows } from '@forbruk/aggregator/run/flush.ts'
import type { LedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { AlikeQuestion, IdentityPlace } from '@forbruk/infra/ledger/recognition/recognition.ts'
import type { StoredRow } from './block-tables.ts'
import { type Protocol, partsOfRecognising } from './protocol.ts'

/** How repeated request ids are recognised, with one piece replaced by a wrong one. */
export const RECOGNITION_MUTANTS: Readonly<Record<string, Partial<Protocol>>> = {
  'request ids of one hash are taken for one': {
    recognise: withParts(parts => ({
      ...parts,
      findRepeated: (stream, places, known) =>
        findRepeated(stream, places, known).length > 0 ? [...known.values()] : [],
    })),
  },
  'a request id that the log has lost is taken for a copy': {
    recognise: withParts(parts => ({
      ...parts,
      findRepeated: (stream, places, known) => findRepeated(stream, places, known).filter(row => row.isKnown),
    })),
  },
  'the progress is written before the rows': {
    recognise: withParts(parts => ({ ...parts, store: { insert: progressFirst(parts) } })),
  },
  'only new request ids are compared with each other': {
    recognise: withAlike((places, { from }) =>
      places.filter(({ partition, offset }) => offset >= (from[partition] ?? 0)),
    ),
  },
  'only request ids of one partition are compared with each other': {
    recognise: withAlike(places => {
      const [first] = places
      return places.filter(({ partition }) => partition === first?.partition)
    }),
  },
  'only the copies of a request id are kept': {
    recognise: withParts(parts => ({
      ...parts,
      findRepeated: (stream, places, known) => findRepeated(stream, places, known).slice(1),
    })),
  },
  'settling goes on with the newest hour': {
    recognise: withLedger(ledger => ({
      readIdentityBlocks: async (stream, beyond) => {
        const blocks = await ledger.readIdentityBlocks(stream, beyond)
        return blocks.map(block => ({ ...block, identityHoursMs: block.identityHoursMs.slice(-1) }))
      },
    })),
  },
  'settling goes on where it was, though rows were lost': {
    recognise: withLedger(ledger => ({
      readRecognition: async stream => ({ ...(await ledger.readRecognition(stream)), isWhole: true }),
    })),
  },
  'settling does not wait for identities that were lost': {
    recognise: withLedger(() => ({ readIdentitySums: async () => [] })),
  },
  'resuming compares no identities with the ledger': {
    resume: (parts, partition) =>
      resumePartition({ ...parts, ledger: { ...parts.ledger, readIdentitySums: async () => [] } }, partition),
  },
  'the identities of an open block are not written': {
    write: (store, blocks) =>
      flushRows(
        store,
        blocks.map((rows, index) => (index < blocks.length - 1 ? rows : { ...rows, identities: [] })),
      ),
  },
  'identities are written after the ledger': {
    async write(store, blocks) {
      await flushRows(
        store,
        blocks.map(rows => ({ ...rows, identities: [] })),
      )
      for (const { identities } of blocks) await store.insertBlocks('request_identity', identities)
    },
  },
  'it says caught up before repeated request ids are settled': {
    recognise: withLedger(ledger => ({
      readAlike: async question => (await ledger.readAlike(question)).filter(() => false),
    })),
  },
}

function withParts(change: (parts: RecogniseParts) => RecogniseParts): Protocol['recognise'] {
  return ports => new Recogniser(change(partsOfRecognising(ports)))
}

function withLedger(change: (ledger: LedgerReader) => Partial<LedgerReader>): Protocol['recognise'] {
  return withParts(parts => ({ ...parts, ledger: { ...parts.ledger, ...change(parts.ledger) } }))
}

/** @param change of the places that share one hour and hash */
function withAlike(
  change: (places: readonly IdentityPlace[], question: AlikeQuestion) => readonly IdentityPlace[],
): Protocol['recognise'] {
  return withLedger(ledger => ({
    async readAlike(question) {
      const places = await ledger.readAlike(question)
      const groups = Map.groupBy(places, ({ hourMs, idHash }) => `${hourMs} ${idHash}`)
      return [...groups.values()].flatMap(group => change(group, question))
    },
  }))
}

function progressFirst({ store }: RecogniseParts): RecogniseParts['store']['insert'] {
  let held: (readonly StoredRow[])[] = []
  return async (table, rows) => {
    if (table === 'repeated_request') {
      held.push(rows)
      return
    }
    await store.insert(table, rows)
    for (const each of held) await store.insert('repeated_request', each)
    held = []
  }
}
