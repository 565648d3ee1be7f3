import type { Standstill } from '@forbruk/aggregator/run/find-standstills.ts'
import type { WaitingLook } from '@forbruk/close/waiting/read-waiting.ts'
import type { CollectorFigures, MetricFacts } from '@forbruk/console/metrics/metric-facts.ts'
import type { EventLog } from '@forbruk/infra/log/event-log.ts'
import type { Store } from '@forbruk/infra/store/store.ts'
import type { Tariff } from '@forbruk/schemas/tariff/read-tariff.ts'
import type { OriginalParts } from '../rejected/read-originals.ts'

/** What the console's answers are read from. */
export type ReadParts = {
  readonly store: Store
  /** The topic that is counted. */
  readonly stream: string
  /** That statements are announced on. */
  readonly statementsTopic: string
  readonly openLog: () => Promise<EventLog>
  /** By which rejected lines are read again where they came from. */
  readonly originals: OriginalParts
  /** As its file says now; as it was at the start while that has mistakes. */
  readonly readTariff: () => Promise<Tariff>
  readonly readWaiting: (nowMs: number) => Promise<WaitingLook>
  readonly findStandstills: () => readonly Standstill[]
  readonly readIntakes: () => Promise<MetricFacts['intakes']>
  /** Null where no collector is in this process. */
  readonly readCollector: () => CollectorFigures | null
  /** Milliseconds since the epoch. */
  readonly clock: () => number
}
