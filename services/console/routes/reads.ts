import type { ClientReads } from './clients.ts'
import type { CompletenessReads } from './completeness.ts'
import type { MetricReads } from './metrics.ts'
import type { OverviewReads } from './overview.ts'
import type { PipelineReads } from './pipeline.ts'
import type { RejectedReads } from './rejected.ts'
import type { TermsReads } from './terms.ts'

/** What the console shows and nobody changes through it. */
export type Reads = ClientReads &
  CompletenessReads &
  MetricReads &
  OverviewReads &
  PipelineReads &
  RejectedReads &
  TermsReads
