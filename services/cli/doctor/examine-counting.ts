import { describeStandstill, WHO_COUNTS } from '@forbruk/aggregator/run/find-standstills.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import { readStream } from '@forbruk/infra/ledger/stream.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { inspectStore } from '@forbruk/infra/store/inspect-store.ts'
import { findStandstills } from '../wiring/find-standstills.ts'
import { openParts } from '../wiring/open-parts.ts'
import { ok, type Verdict, warning } from './finding.ts'

const NOTHING_COUNTED = ok('nothing is counted yet: start forbruk up, or forbruk aggregate')

/** Of a log and a store that answer. Looks at a stream that is counted already, and changes nothing. */
export async function examineCounting(config: Config): Promise<Verdict> {
  const { exists, servedAt } = await inspectStore(config.store)
  if (!exists) return NOTHING_COUNTED
  // Opening it would keep out whoever is to count.
  if (config.store.kind === 'embedded' && servedAt === null)
    return ok('forbruk is not up, so that nothing is counted now')
  await using parts = openParts({ readConfig: () => ({ ...config, logLevel: 'silent' }) })
  const store = await parts.readableStore()
  if ((await readStream(store, config.log.topic)) === null) return NOTHING_COUNTED
  const standstills = await findStandstills(createLedgerReader(store), await parts.log())
  if (standstills.length === 0) return ok('all that is in the log is counted, or being counted')
  return warning([...standstills.map(describeStandstill), WHO_COUNTS].join('\n'))
}
