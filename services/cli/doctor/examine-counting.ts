import { describeUncounted, explainStandstill } from '@forbruk/aggregator/run/find-standstills.ts'
import { countedPartitions, readStream } from '@forbruk/infra/ledger/blocks/stream.ts'
import { createLedgerReader } from '@forbruk/infra/ledger/ledger-reader.ts'
import type { Config } from '@forbruk/infra/runtime/config.ts'
import { inspectStore } from '@forbruk/infra/store/inspect-store.ts'
import { findStandstills } from '../wiring/log/find-standstills.ts'
import { openParts } from '../wiring/parts/open-parts.ts'
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
  const stored = await readStream(store, config.log.topic)
  if (stored === null) return NOTHING_COUNTED
  const [ledger, log] = [createLedgerReader(store), await parts.log()]
  const standstills = await findStandstills(ledger, log)
  const counted = countedPartitions(stored, await ledger.readGrowths(log.topic))
  if (standstills.length === 0 && counted < log.partitionCount) return warning(describeUncounted(counted))
  if (standstills.length === 0) return ok('all that is in the log is counted, or being counted')
  return warning(standstills.map(explainStandstill).join('\n'))
}
