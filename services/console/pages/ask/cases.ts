import type {
  CaseAction,
  CaseStep,
  Evidence,
  MonthDecision,
  Outcome,
} from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { ask, pathOf, queryOf } from './ask.ts'
import type { CaseSummary } from './clients.ts'

export type Case = {
  readonly caseId: string
  readonly clientId: string
  readonly clientName: string
  readonly state: 'open' | 'decided'
  readonly sequence: number
  readonly months: readonly {
    readonly month: string
    readonly evidence: Evidence
    readonly outcome: Outcome | null
    readonly decisions: readonly MonthDecision[]
  }[]
  readonly steps: readonly CaseStep[]
}

export function casesQuery(state: 'open' | 'decided' | undefined) {
  return queryOf<{ readonly cases: readonly CaseSummary[] }>(pathOf('/v1/cases', { state }))
}

export function caseQuery(caseId: string) {
  return queryOf<Case>(`/v1/cases/${encodeURIComponent(caseId)}`)
}

export function addStep(seen: Case, actor: string, action: CaseAction): Promise<Case> {
  return ask(`/v1/cases/${encodeURIComponent(seen.caseId)}/steps`, {
    actor,
    action,
    expectedSequence: seen.sequence,
  })
}
