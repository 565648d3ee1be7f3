import type { LogFiles } from '../../../services/shipper/files/log-files.ts'
import type { SourceProgress } from '../../../services/shipper/progress/source-progress.ts'
import type { Shipment } from '../../../services/shipper/send/shipment.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

/** What a wrong shipper does otherwise; each piece gets the right one. */
export type Mutation = {
  readonly files?: (files: LogFiles, disk: SimulatedDisk) => LogFiles
  /** Answers null where nothing is saved. */
  readonly save?: (progress: SourceProgress) => SourceProgress | null
  readonly shipment?: (shipment: Shipment) => void
  readonly clock?: (nowMs: number) => number
}

export type Outcome =
  /** Every line that was written is counted once, and a mark says so. */
  | { readonly kind: 'complete' }
  /** The marks were held back, it was said by what, and with that settled they came up. */
  | { readonly kind: 'settled'; readonly reasons: readonly string[] }
  | { readonly kind: 'violated'; readonly reason: string }
